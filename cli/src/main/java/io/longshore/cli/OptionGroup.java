package io.longshore.cli;

import java.util.List;

/**
 * Options that the help shows under one heading.
 *
 * @param title the heading
 * @param options the options in the order of the help
 */
record OptionGroup(String title, List<ServeOption> options) {
    /** Copies the list. */
    OptionGroup {
        options = List.copyOf(options);
    }

    /** A group of the given options. */
    static OptionGroup of(String title, ServeOption... options) {
        return new OptionGroup(title, List.of(options));
    }
}
