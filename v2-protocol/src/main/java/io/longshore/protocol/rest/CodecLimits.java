package io.longshore.protocol.rest;

/**
 * What a request body may ask of the server at most.
 *
 * @param maxInputSize bytes of the JSON part of a body, of each tensor given in it once expanded, and of a raw binary
 *     request; tensors of the binary extension are not bounded by it
 * @param maxNesting arrays and objects that may stand within each other
 */
public record CodecLimits(long maxInputSize, int maxNesting) {
    /** 64 MiB and a depth of 100, as Triton has them. */
    public static final CodecLimits DEFAULT = new CodecLimits(64L << 20, 100);

    /**
     * Checks the size of JSON before it is read.
     *
     * @throws io.longshore.inference.InferenceException INVALID_ARGUMENT if it is larger than {@code maxInputSize}
     */
    void checkJsonSize(long length) {
        if (length > maxInputSize) {
            throw V2Errors.jsonTooLarge(length, maxInputSize);
        }
    }

    public CodecLimits {
        if (maxInputSize < 1 || maxNesting < 1) {
            throw new IllegalArgumentException(
                    "limits are at least 1, got maxInputSize " + maxInputSize + " and maxNesting " + maxNesting);
        }
    }
}
