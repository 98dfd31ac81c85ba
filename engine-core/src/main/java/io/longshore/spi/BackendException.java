package io.longshore.spi;

import org.jspecify.annotations.Nullable;

/** A model cannot be completed, loaded or instantiated; the message is the reason that clients and logs get to see. */
public final class BackendException extends Exception {
    private static final long serialVersionUID = 1L;

    public BackendException(String message) {
        super(message);
    }

    public BackendException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
