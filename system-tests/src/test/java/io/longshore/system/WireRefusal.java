package io.longshore.system;

/** The server refused a call. */
final class WireRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whose fault it is, in the words of both wires. */
    enum Kind {
        /** 400, INVALID_ARGUMENT; on gRPC also ALREADY_EXISTS. */
        INVALID,
        /** 404, NOT_FOUND. */
        NOT_FOUND,
        /** 501, UNIMPLEMENTED. */
        UNSUPPORTED,
        /** 503, UNAVAILABLE; on gRPC also DEADLINE_EXCEEDED. */
        UNAVAILABLE,
        /** 500, INTERNAL. */
        INTERNAL
    }

    private final Kind kind;

    WireRefusal(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
