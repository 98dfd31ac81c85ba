package io.longshore.ejb.config;

import java.util.Locale;
import java.util.function.Function;

/**
 * One key with everything that is known of it.
 *
 * @param key the name, {@code longshore.*}
 * @param defaultText the text that stands in where none is given; empty = the setting has no fixed default
 * @param expected what a value must be, as the end of "expected ..."
 * @param parser turns a text into the value, or throws {@link IllegalArgumentException}, whose message, if there is one,
 *     says what is wrong
 * @param isSecret whether values must not appear in messages
 * @param <T> the type of the value
 */
record Setting<T>(String key, String defaultText, String expected, Function<String, T> parser, boolean isSecret) {

    static <T> Setting<T> of(String key, String defaultText, String expected, Function<String, T> parser) {
        return new Setting<>(key, defaultText, expected, parser, false);
    }

    /** This setting with values that stay out of messages. */
    Setting<T> secret() {
        return new Setting<>(key, defaultText, expected, parser, true);
    }

    /** The value that stands in where none is given. */
    T defaultValue() {
        return parser.apply(defaultText);
    }

    /** The name of the environment variable: MicroProfile Config's third mapping rule. */
    String environmentName() {
        return environmentName(key);
    }

    /** The name of the environment variable that any key is read from. */
    static String environmentName(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
