package io.longshore.protocol.rest;

import io.longshore.inference.RegionLease;
import io.longshore.inference.RegionSource;
import io.longshore.tensor.DataType;
import io.longshore.tensor.HostMemory;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;

/** Tensors in shared memory, as requests of every wire name them. Thread-safe; made once and shared. */
public final class SharedTensors {
    private final RegionSource regions;
    private final MemoryAllocator allocator;

    /**
     * Tensors of these regions.
     *
     * @param allocator where inputs are copied to, so that the client cannot change or take away what the model reads
     */
    public SharedTensors(RegionSource regions, MemoryAllocator allocator) {
        this.regions = regions;
        this.allocator = allocator;
    }

    /**
     * Copies an input out of a region, which counts as in use until the tensor's last reference ends.
     *
     * @param id the request's id as far as known, for messages
     * @param model the model's name, for messages
     * @return the caller's to release
     * @throws io.longshore.inference.InferenceException if there is no such region, the part is not in it or of another size
     *     than type and shape ask for, or it cannot be read
     */
    public Tensor input(RegionPart part, String name, DataType type, Shape shape, String id, String model) {
        RegionLease lease = lease(part);
        boolean complete = false;
        try {
            if (!type.isVariableWidth()) {
                RequestRules.checkByteSize(lease.byteSize(), type, shape, name, id, model);
            }
            if (lease.byteSize() > Integer.MAX_VALUE) {
                throw V2Errors.sharedTooLarge(name, lease.byteSize());
            }
            Tensor tensor = new Tensor(name, type, shape, copy(lease));
            complete = true;
            return tensor;
        } finally {
            if (!complete) {
                lease.release();
            }
        }
    }

    /**
     * Takes the part that an output goes to into use.
     *
     * @throws io.longshore.inference.InferenceException if there is no such region, or the part is not in it
     */
    public RegionLease lease(RegionPart part) {
        return regions.lease(part.region(), part.offset(), part.byteSize());
    }

    private HostMemory copy(RegionLease lease) {
        HostMemory memory = lease.byteSize() == 0 ? HostMemory.empty() : allocator.allocate(lease.byteSize());
        boolean complete = false;
        try {
            lease.read(memory.buffer());
            complete = true;
        } finally {
            if (!complete) {
                memory.release();
            }
        }
        return HostMemory.of(memory.buffer(), () -> {
            lease.release();
            memory.release();
        });
    }
}
