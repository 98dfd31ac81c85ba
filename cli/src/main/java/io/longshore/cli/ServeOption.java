package io.longshore.cli;

import org.jspecify.annotations.Nullable;

/**
 * One option of {@code serve}. Immutable.
 *
 * @param name the name without the two hyphens, as tritonserver spells it
 * @param kind what it takes
 * @param defaultText what holds when it is not given, for the help
 * @param key the configuration key it sets, or null for an option that is accepted and has no effect yet
 * @param separator joins the values of an option given several times; null where the last one counts
 * @param description one sentence for the help
 */
record ServeOption(
        String name,
        ValueKind kind,
        String defaultText,
        @Nullable String key,
        @Nullable String separator,
        String description) {

    /** An option that sets a configuration key. */
    static ServeOption works(String name, ValueKind kind, String defaultText, String key, String description) {
        return new ServeOption(name, kind, defaultText, key, null, description);
    }

    /** An option that tritonserver has and that has no effect here yet. */
    static ServeOption noEffectYet(String name, ValueKind kind, String defaultText, String description) {
        return new ServeOption(name, kind, defaultText, null, null, description);
    }

    /** The same option, whose values add up, joined by {@code between}. */
    ServeOption repeatable(String between) {
        return new ServeOption(name, kind, defaultText, key, between, description);
    }

    /** As it is written on the command line. */
    String flag() {
        return "--" + name;
    }

    /** Whether the option changes anything. */
    boolean hasEffect() {
        return key != null;
    }
}
