package io.longshore.spi;

import java.util.List;

/** What an instance runs at once: one item, or several that a scheduler put together. */
public interface Execution {
    /** The items, at least one. */
    List<? extends ExecutionItem> items();
}
