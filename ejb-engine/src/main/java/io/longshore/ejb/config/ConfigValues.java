package io.longshore.ejb.config;

import java.util.Optional;

/** Where the texts of settings come from. */
interface ConfigValues {
    /** The text for a key; empty where there is none, or only white space. */
    Optional<Value> find(String key);

    /** The names of everything that is set anywhere, also of what is none of ours. */
    Iterable<String> names();

    /**
     * A text.
     *
     * @param text without white space around it, not empty
     * @param origin who gave it, for people
     */
    record Value(String text, String origin) {}
}
