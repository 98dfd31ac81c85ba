package io.longshore.inference;

/** Where tensors in shared memory regions are found. Thread-safe. */
@FunctionalInterface
public interface RegionSource {
    /** No regions. */
    RegionSource NONE = (region, offset, byteSize) -> {
        throw new InferenceException(
                ErrorCode.REGION_NOT_FOUND, "Unable to find shared memory region: '" + region + "'");
    };

    /**
     * Takes a part of a region into use. Until the lease is released the region stays, whoever unregisters it.
     *
     * @param region the region's name
     * @param offset where in the region the part begins, unsigned
     * @param byteSize bytes of the part, unsigned
     * @throws InferenceException REGION_NOT_FOUND, or INVALID_ARGUMENT if the part is not within the region
     */
    RegionLease lease(String region, long offset, long byteSize);
}
