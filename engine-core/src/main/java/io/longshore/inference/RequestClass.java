package io.longshore.inference;

/** What a request is for, which decides who goes first when both wait. */
public enum RequestClass {
    /** Somebody waits for the answer. */
    ONLINE,
    /** Offline work, which takes what capacity is left. */
    BACKGROUND
}
