package io.longshore.ejb.config;

import java.util.Map;
import java.util.Optional;

/** Settings from a map, for tests. */
record MapValues(Map<String, String> texts) implements ConfigValues {
    static final long MACHINE_MEMORY = 4_000_000_000L;

    static ConfigReader reader(Map<String, String> texts) {
        return new ConfigReader(new MapValues(texts), () -> MACHINE_MEMORY);
    }

    @Override
    public Optional<Value> find(String key) {
        return Optional.ofNullable(texts.get(key))
                .filter(text -> !text.isBlank())
                .map(text -> new Value(text.strip(), "the test"));
    }

    @Override
    public Iterable<String> names() {
        return texts.keySet();
    }
}
