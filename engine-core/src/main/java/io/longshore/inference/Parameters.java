package io.longshore.inference;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Named values beside a request, a response or a tensor (V2 {@code parameters}): each a {@link String}, {@link Boolean},
 * {@link Long} or {@link Double}. Immutable; the order of insertion is kept.
 */
public final class Parameters {
    /** No parameters. */
    public static final Parameters NONE = new Parameters(Map.of());

    private final Map<String, Object> values;

    private Parameters(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * Parameters with a copy of {@code values}.
     *
     * @throws IllegalArgumentException if a value is of another type
     */
    public static Parameters of(Map<String, ?> values) {
        if (values.isEmpty()) {
            return NONE;
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        values.forEach((name, value) -> copy.put(name, checked(name, value)));
        return new Parameters(copy);
    }

    private static Object checked(String name, Object value) {
        if (value instanceof String || value instanceof Boolean || value instanceof Long || value instanceof Double) {
            return value;
        }
        throw new IllegalArgumentException(
                "parameter '" + name + "' has invalid type. It should be either 'int', 'bool', or 'string'.");
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** The value, whatever its type. */
    public Optional<Object> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** The value if it is there and a string. */
    public Optional<String> string(String name) {
        return ofType(name, String.class);
    }

    /** The value if it is there and an integer. */
    public Optional<Long> integer(String name) {
        return ofType(name, Long.class);
    }

    /** The value if it is there and a boolean. */
    public Optional<Boolean> bool(String name) {
        return ofType(name, Boolean.class);
    }

    /** All values by name. */
    public Map<String, Object> asMap() {
        return Collections.unmodifiableMap(values);
    }

    private <T> Optional<T> ofType(String name, Class<T> type) {
        Object value = values.get(name);
        return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Parameters that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
