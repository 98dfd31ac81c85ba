package io.longshore.ejb.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The values of {@code --backend-config}: settings of single backends, and settings of all. Immutable.
 *
 * @param forAll settings by name that every backend gets
 * @param byBackend settings by name, by backend; they win over those for all
 */
public record BackendSettings(Map<String, String> forAll, Map<String, Map<String, String>> byBackend) {
    /** No settings. */
    public static final BackendSettings NONE = new BackendSettings(Map.of(), Map.of());

    public BackendSettings {
        forAll = Map.copyOf(forAll);
        Map<String, Map<String, String>> copies = new LinkedHashMap<>();
        byBackend.forEach((backend, settings) -> copies.put(backend, Map.copyOf(settings)));
        byBackend = Map.copyOf(copies);
    }

    /** All settings that one backend gets. */
    public Map<String, String> of(String backend) {
        Map<String, String> merged = new LinkedHashMap<>(forAll);
        merged.putAll(byBackend.getOrDefault(backend, Map.of()));
        return Map.copyOf(merged);
    }

    /** The names without the values, which may be secret. */
    @Override
    public String toString() {
        Map<String, Object> names = new LinkedHashMap<>();
        names.put("all", forAll.keySet());
        byBackend.forEach((backend, settings) -> names.put(backend, settings.keySet()));
        return "BackendSettings" + names;
    }
}
