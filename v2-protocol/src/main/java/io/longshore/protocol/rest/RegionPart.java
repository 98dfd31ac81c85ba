package io.longshore.protocol.rest;

/**
 * The part of a shared memory region that a request names for one of its tensors ({@code shared_memory_region} and the
 * parameters beside it).
 *
 * @param region the region's name
 * @param offset where in the region the part begins, unsigned
 * @param byteSize bytes of the part, unsigned
 */
public record RegionPart(String region, long offset, long byteSize) {}
