package io.longshore.trace;

/** Where traces go. */
public enum TraceMode {
    /** Into files of JSON. */
    TRITON,
    /** As spans to whoever collects them. */
    OPENTELEMETRY
}
