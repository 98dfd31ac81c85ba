package io.longshore.region;

import io.longshore.inference.RegionLease;
import io.longshore.inference.SharedMemory;
import io.longshore.inference.SharedRegion;
import io.longshore.spi.DeviceHandles;
import io.longshore.spi.SharedBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The regions that clients have registered, each open from its registration until it is unregistered and its last use has
 * ended. Its name is taken for as long. Thread-safe; memory is opened, copied and closed outside the lock.
 */
public final class RegionRegistry implements SharedMemory, AutoCloseable {
    /** Each holds a file open. */
    static final int MAX_REGIONS = 1024;

    /** Characters of a region's name. */
    static final int MAX_NAME = 256;

    private final boolean allowed;
    private final PosixObjects objects;
    private final DeviceHandles devices;
    private final Map<String, Entry> entries = new TreeMap<>();

    /**
     * A registry without regions.
     *
     * @param allowed whether clients may register
     * @param objects where keys are looked up
     * @param devices opens handles of devices
     */
    public RegionRegistry(boolean allowed, PosixObjects objects, DeviceHandles devices) {
        this.allowed = allowed;
        this.objects = objects;
        this.devices = devices;
    }

    @Override
    public void checkAllowed() {
        if (!allowed) {
            throw RegionErrors.disabled();
        }
    }

    @Override
    public void register(SharedRegion.Posix region) {
        checkName(region.name(), "system");
        add(region, region.offset(), () -> objects.open(region));
    }

    @Override
    public void register(SharedRegion.Cuda region, ByteBuffer handle) {
        checkName(region.name(), "cuda");
        add(region, 0, () -> open(region, handle));
    }

    private SharedBlock open(SharedRegion.Cuda region, ByteBuffer handle) {
        try {
            return devices.open(handle, region.deviceId());
        } catch (IOException e) {
            throw RegionErrors.badHandle(region.name(), e);
        }
    }

    private void checkName(String name, String kind) {
        checkAllowed();
        if (name.isEmpty()) {
            throw RegionErrors.noName(kind);
        }
        if (name.length() > MAX_NAME) {
            throw RegionErrors.nameTooLong(name.length(), MAX_NAME);
        }
    }

    private void add(SharedRegion region, long start, Supplier<SharedBlock> opener) {
        checkFree(region.name());
        SharedBlock block = opener.get();
        boolean isAdded = false;
        try {
            checkFits(region, start, block);
            put(new Entry(region, block, start));
            isAdded = true;
        } finally {
            if (!isAdded) {
                RegionErrors.close(block, region.name());
            }
        }
    }

    private static void checkFits(SharedRegion region, long start, SharedBlock block) {
        if (region.byteSize() == 0) {
            throw RegionErrors.cannotRegister(region.name(), "byte_size must be at least 1");
        }
        long blockSize = sizeOf(block, region);
        if (Long.compareUnsigned(start, blockSize) > 0
                || Long.compareUnsigned(region.byteSize(), blockSize - start) > 0) {
            throw RegionErrors.cannotRegister(region.name(), "invalid args");
        }
    }

    private static long sizeOf(SharedBlock block, SharedRegion region) {
        try {
            return block.byteSize();
        } catch (IOException e) {
            throw RegionErrors.unusable(region.name(), "opened", e);
        }
    }

    private synchronized void put(Entry entry) {
        checkFree(entry.region.name());
        entries.put(entry.region.name(), entry);
    }

    private synchronized void checkFree(String name) {
        if (entries.containsKey(name)) {
            throw RegionErrors.exists(name);
        }
        if (entries.size() >= MAX_REGIONS) {
            throw RegionErrors.tooMany(MAX_REGIONS);
        }
    }

    @Override
    public synchronized <R extends SharedRegion> List<R> status(Class<R> kind, String name) {
        if (name.isEmpty()) {
            return entries.values().stream()
                    .map(entry -> entry.region)
                    .filter(kind::isInstance)
                    .map(kind::cast)
                    .toList();
        }
        Entry entry = entries.get(name);
        if (entry == null) {
            throw RegionErrors.notFound(kind, name);
        }
        if (!kind.isInstance(entry.region)) {
            throw RegionErrors.otherKind(kind, name);
        }
        return List.of(kind.cast(entry.region));
    }

    @Override
    public void unregister(Class<? extends SharedRegion> kind, String name) {
        checkAllowed();
        forget(kind, name);
    }

    private void forget(Class<? extends SharedRegion> kind, String name) {
        for (Entry unused : takeUnused(kind, name)) {
            RegionErrors.close(unused.block, unused.region.name());
        }
    }

    private synchronized List<Entry> takeUnused(Class<? extends SharedRegion> kind, String name) {
        List<Entry> unused = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (kind.isInstance(entry.region) && (name.isEmpty() || name.equals(entry.region.name()))) {
                entry.isLeaving = true;
                if (entry.uses == 0) {
                    unused.add(entry);
                }
            }
        }
        unused.forEach(entry -> entries.remove(entry.region.name()));
        return unused;
    }

    @Override
    public synchronized RegionLease lease(String region, long offset, long byteSize) {
        Entry entry = entries.get(region);
        if (entry == null || entry.isLeaving) {
            throw RegionErrors.notFound(region);
        }
        checkWithin(entry.region, offset, byteSize);
        entry.uses++;
        return new BlockLease(region, entry.block, entry.start + offset, byteSize, () -> endUse(entry));
    }

    private static void checkWithin(SharedRegion region, long offset, long byteSize) {
        if (Long.compareUnsigned(offset, region.byteSize()) >= 0) {
            throw RegionErrors.invalidOffset(region.name());
        }
        if (Long.compareUnsigned(byteSize, -1 - offset) > 0) {
            throw RegionErrors.overflow(region.name(), offset, byteSize);
        }
        if (Long.compareUnsigned(offset + byteSize, region.byteSize()) > 0) {
            throw RegionErrors.invalidEnd(region.name());
        }
    }

    private void endUse(Entry entry) {
        if (isLastUse(entry)) {
            RegionErrors.close(entry.block, entry.region.name());
        }
    }

    private synchronized boolean isLastUse(Entry entry) {
        entry.uses--;
        return entry.isLeaving && entry.uses == 0 && entries.remove(entry.region.name(), entry);
    }

    /** Forgets all regions; those in use are closed when their last use ends. */
    @Override
    public void close() {
        forget(SharedRegion.class, "");
    }

    /** A region and who uses it; guarded by the registry. */
    private static final class Entry {
        final SharedRegion region;
        final SharedBlock block;
        final long start;
        int uses;
        boolean isLeaving;

        Entry(SharedRegion region, SharedBlock block, long start) {
            this.region = region;
            this.block = block;
            this.start = start;
        }
    }
}
