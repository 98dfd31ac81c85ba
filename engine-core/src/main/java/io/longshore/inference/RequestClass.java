package io.longshore.inference;

/** What a request is for, which decides who goes first when both wait, and what runs only where there is room. */
public enum RequestClass {
    /** Somebody waits for the answer. */
    ONLINE,
    /**
     * Code inside a running model waits for the answer. As urgent as {@link #ONLINE}, since an instance is held meanwhile; and no
     * further load on the machine, since its caller counts as one already.
     */
    NESTED,
    /** Offline work, which begins only while the machine has processors that nobody uses. */
    BACKGROUND
}
