package io.longshore.protocol.tls;

/** A file that TLS needs cannot be used. The message names the file and what is wrong with it, never a part of a key. */
public final class TlsFileException extends Exception {
    private static final long serialVersionUID = 1L;

    TlsFileException(String message) {
        super(message);
    }

    TlsFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
