package io.longshore.ejb.config;

import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/** Texts from MicroProfile Config, whose sources decide which one wins. */
final class MicroProfileValues implements ConfigValues {
    private final Config config;

    MicroProfileValues(Config config) {
        this.config = config;
    }

    @Override
    public Optional<Value> find(String key) {
        ConfigValue found = config.getConfigValue(key);
        // An expression that cannot be expanded has no value: the raw text then shows in the message what is wrong.
        @Nullable String text = found.getValue() != null ? found.getValue() : found.getRawValue();
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        return Optional.of(new Value(text.strip(), String.valueOf(found.getSourceName())));
    }

    @Override
    public Iterable<String> names() {
        return config.getPropertyNames();
    }
}
