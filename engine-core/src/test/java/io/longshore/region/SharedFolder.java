package io.longshore.region;

import io.longshore.inference.SharedRegion;
import io.longshore.spi.DeviceHandles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Shared memory objects in a folder of a test's own, and a registry over them. */
public final class SharedFolder {
    public final Path folder;
    public final RegionRegistry registry;

    /** A folder where clients may register. */
    public SharedFolder(Path folder) {
        this(folder, DeviceHandles.NONE);
    }

    SharedFolder(Path folder, DeviceHandles devices) {
        this.folder = folder;
        this.registry = new RegionRegistry(true, new PosixObjects(folder), devices);
    }

    /** Makes an object. */
    public SharedFolder object(String name, byte... content) {
        try {
            Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Makes an object and a region that is all of it, both of this name. */
    public SharedFolder region(String name, byte... content) {
        object(name, content);
        registry.register(new SharedRegion.Posix(name, "/" + name, 0, content.length));
        return this;
    }

    /** What is in an object. */
    public byte[] bytes(String name) {
        try {
            return Files.readAllBytes(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Cuts an object off, as a client may at any time. */
    public void truncate(String name, long size) {
        try (FileChannel channel = FileChannel.open(folder.resolve(name), StandardOpenOption.WRITE)) {
            channel.truncate(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names of the regions. */
    public List<String> names() {
        return registry.status(SharedRegion.Posix.class, "").stream()
                .map(SharedRegion.Posix::name)
                .toList();
    }
}
