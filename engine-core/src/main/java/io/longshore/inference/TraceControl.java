package io.longshore.inference;

import io.longshore.trace.TraceLevel;
import io.longshore.trace.TraceSettings;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Shows and changes which requests are traced (V2 trace extension). Thread-safe. */
public interface TraceControl {
    /**
     * The settings in effect.
     *
     * @param model a model's name; empty = those of all models that have none of their own
     * @throws InferenceException INVALID_ARGUMENT if there is no such model, or it is not ready
     */
    TraceSettings settings(String model);

    /**
     * Changes settings, all or none. Those that a model has of its own win over those for all models.
     *
     * @param model as above
     * @return the settings in effect from now on
     * @throws InferenceException INVALID_ARGUMENT if there is no such model, or nothing could be traced with them
     */
    TraceSettings change(String model, Change change);

    /**
     * A change of settings.
     *
     * @param levels what is recorded
     * @param rate of how many requests one is traced
     * @param count how many more are traced
     * @param logFrequency how many traces make a file
     */
    record Change(Field<Set<TraceLevel>> levels, Field<Long> rate, Field<Long> count, Field<Long> logFrequency) {
        /** Nothing changes. */
        public static final Change NONE = new Change(Field.kept(), Field.kept(), Field.kept(), Field.kept());
    }

    /**
     * What becomes of one setting.
     *
     * @param isGiven whether it changes at all
     * @param value its new value; null = whatever it is for all models or, of those, was at the start
     */
    record Field<T>(boolean isGiven, @Nullable T value) {
        /** It stays as it is. */
        public static <T> Field<T> kept() {
            return new Field<>(false, null);
        }

        /** It is what it was before anybody changed it. */
        public static <T> Field<T> cleared() {
            return new Field<>(true, null);
        }

        /** It has a value of its own. */
        public static <T> Field<T> of(T value) {
            return new Field<>(true, value);
        }

        /** The setting's own value after the change, where it had {@code before}. */
        public Optional<T> applyTo(Optional<T> before) {
            return isGiven ? Optional.ofNullable(value) : before;
        }
    }
}
