package io.longshore.inference;

import java.nio.ByteBuffer;
import java.util.List;

/** The port that makes memory of clients known to the server (V2 shared memory extensions). Thread-safe. */
public interface SharedMemory extends RegionSource {
    /**
     * Checks that clients may register and unregister regions.
     *
     * @throws InferenceException UNSUPPORTED if the server's settings forbid it
     */
    void checkAllowed();

    /**
     * Makes a part of a POSIX shared memory object known.
     *
     * @throws InferenceException ALREADY_EXISTS, INVALID_ARGUMENT if key or size are not right, REGION_UNUSABLE if there is
     *     no such object, UNAVAILABLE if there are too many regions, or UNSUPPORTED
     */
    void register(SharedRegion.Posix region);

    /**
     * Makes memory of a CUDA device known.
     *
     * @param handle the {@code cudaIpcMemHandle_t}, from position to limit; not kept
     * @throws InferenceException as for the other kind; UNSUPPORTED also where the server has no such devices
     */
    void register(SharedRegion.Cuda region, ByteBuffer handle);

    /**
     * The regions of a kind, sorted by name; also those that are unregistered and still in use.
     *
     * @param name of one region; empty = all
     * @throws InferenceException REGION_NOT_FOUND if there is none of this name and kind
     */
    <R extends SharedRegion> List<R> status(Class<R> kind, String name);

    /**
     * Forgets regions of a kind; one in use stays until its last use ends, and is not lent any more. There may be none.
     *
     * @param name of one region; empty = all
     * @throws InferenceException UNSUPPORTED
     */
    void unregister(Class<? extends SharedRegion> kind, String name);
}
