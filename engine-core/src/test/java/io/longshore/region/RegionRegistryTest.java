package io.longshore.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.RegionLease;
import io.longshore.inference.SharedRegion;
import io.longshore.spi.DeviceHandles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionRegistryTest {
    private static final ByteBuffer HANDLE = ByteBuffer.allocate(SharedRegion.Cuda.HANDLE_BYTES);

    @TempDir
    private Path folder;

    private final FakeDevice device = new FakeDevice();
    private SharedFolder shared;
    private RegionRegistry registry;

    @BeforeEach
    void open() {
        shared = new SharedFolder(folder, device);
        registry = shared.registry;
        shared.object("o", (byte) 1, (byte) 2, (byte) 3, (byte) 4);
    }

    @AfterEach
    void nothingStaysOpen() {
        registry.close();
        assertThat(device.open).hasValue(0);
    }

    @Test
    void registered_isListedAsGivenAndSorted() {
        SharedRegion.Posix second = posix("b", "/o", 1, 3);
        SharedRegion.Posix first = posix("a", "o", 0, 4);
        registry.register(second);
        registry.register(first);

        assertThat(registry.status(SharedRegion.Posix.class, "")).containsExactly(first, second);
        assertThat(registry.status(SharedRegion.Posix.class, "b")).containsExactly(second);
        assertThat(registry.status(SharedRegion.Cuda.class, "")).isEmpty();
    }

    @Test
    void registeredTwice_alreadyExists() {
        shared.region("r", (byte) 1);
        assertFails(
                () -> registry.register(posix("r", "/r", 0, 1)),
                ErrorCode.ALREADY_EXISTS,
                "shared memory region 'r' already in manager");
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "4, 1", "5, 1", "1, 4", "-1, 2", "-1, 1", "2, -1", "-9223372036854775808, -9223372036854775808"
    })
    void regionBeyondItsObject_isInvalid(long offset, long byteSize) {
        assertFails(
                () -> registry.register(posix("r", "/o", offset, byteSize)),
                ErrorCode.INVALID_ARGUMENT,
                "failed to register shared memory region 'r': invalid args");
        assertThat(shared.names()).isEmpty();
    }

    @Test
    void regionOfNoBytes_isInvalid() {
        assertFails(
                () -> registry.register(posix("r", "/o", 0, 0)),
                ErrorCode.INVALID_ARGUMENT,
                "failed to register shared memory region 'r': byte_size must be at least 1");
    }

    @Test
    void nameThatIsEmptyOrTooLong_isInvalid() {
        assertFails(
                () -> registry.register(posix("", "/o", 0, 1)),
                ErrorCode.INVALID_ARGUMENT,
                "'region name' is necessary to register system shared memory region");
        assertFails(
                () -> registry.register(cuda("", 1), HANDLE),
                ErrorCode.INVALID_ARGUMENT,
                "'region name' is necessary to register cuda shared memory region");
        assertFails(
                () -> registry.register(posix("n".repeat(257), "/o", 0, 1)),
                ErrorCode.INVALID_ARGUMENT,
                "the name of a shared memory region has at most 256 characters, this one has 257");
    }

    @Test
    void oneRegionTooMany_isRefusedUntilOneIsUnregistered() {
        for (int i = 0; i < RegionRegistry.MAX_REGIONS; i++) {
            registry.register(cuda("r" + i, 1), HANDLE);
        }
        assertFails(
                () -> registry.register(posix("more", "/o", 0, 1)),
                ErrorCode.UNAVAILABLE,
                "the server has 1024 shared memory regions, as many as it takes; unregister some");

        registry.unregister(SharedRegion.Cuda.class, "r7");
        registry.register(posix("more", "/o", 0, 1));
        assertThat(shared.names()).containsExactly("more");
    }

    @Test
    void forbidden_onlyStatusWorks() {
        RegionRegistry closed = new RegionRegistry(false, new PosixObjects(folder), device);
        String text = "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.";

        assertFails(() -> closed.register(posix("r", "/o", 0, 1)), ErrorCode.UNSUPPORTED, text);
        assertFails(() -> closed.register(cuda("r", 1), HANDLE), ErrorCode.UNSUPPORTED, text);
        assertFails(() -> closed.unregister(SharedRegion.Posix.class, ""), ErrorCode.UNSUPPORTED, text);
        assertThat(closed.status(SharedRegion.Posix.class, "")).isEmpty();
    }

    @Test
    void unregistered_isForgotten() {
        shared.region("a", (byte) 1).region("b", (byte) 2).region("c", (byte) 3);
        registry.register(cuda("d", 8), HANDLE);

        registry.unregister(SharedRegion.Posix.class, "b");
        registry.unregister(SharedRegion.Posix.class, "unknown");
        registry.unregister(SharedRegion.Posix.class, "d");
        assertThat(shared.names()).containsExactly("a", "c");

        registry.unregister(SharedRegion.Posix.class, "");
        assertThat(shared.names()).isEmpty();
        assertThat(registry.status(SharedRegion.Cuda.class, "")).hasSize(1);
    }

    @Test
    void unregisteredInUse_staysUntilTheLastUseEnds() {
        shared.region("r", (byte) 7, (byte) 8);
        RegionLease first = registry.lease("r", 0, 2);
        RegionLease last = registry.lease("r", 1, 1);

        registry.unregister(SharedRegion.Posix.class, "r");
        assertThat(shared.names()).containsExactly("r");
        assertFails(
                () -> registry.register(posix("r", "/r", 0, 1)),
                ErrorCode.ALREADY_EXISTS,
                "shared memory region 'r' already in manager");
        assertFails(
                () -> registry.lease("r", 0, 1),
                ErrorCode.REGION_NOT_FOUND,
                "Unable to find shared memory region: 'r'");
        first.release();
        first.release();
        assertThat(read(last, 1)).containsExactly(8);

        last.release();
        assertThat(shared.names()).isEmpty();
        registry.register(posix("r", "/r", 0, 1));
        assertThat(shared.names()).containsExactly("r");
    }

    @Test
    void blockOfADevice_isClosedWithItsLastUse() {
        registry.register(cuda("d", 8), HANDLE);
        RegionLease lease = registry.lease("d", 0, 8);
        registry.unregister(SharedRegion.Cuda.class, "");
        assertThat(device.open).hasValue(1);
        lease.release();
        assertThat(device.open).hasValue(0);
    }

    @Test
    void unknownRegion_isNotFound() {
        assertFails(
                () -> registry.lease("r", 0, 1),
                ErrorCode.REGION_NOT_FOUND,
                "Unable to find shared memory region: 'r'");
        assertFails(
                () -> registry.status(SharedRegion.Posix.class, "r"),
                ErrorCode.REGION_NOT_FOUND,
                "Unable to find system shared memory region: 'r'");
        assertFails(
                () -> registry.status(SharedRegion.Cuda.class, "r"),
                ErrorCode.REGION_NOT_FOUND,
                "Unable to find cuda shared memory region: 'r'");
    }

    @Test
    void statusOfTheOtherKind_saysWhichItIs() {
        shared.region("p", (byte) 1);
        registry.register(cuda("c", 8), HANDLE);
        assertFails(
                () -> registry.status(SharedRegion.Posix.class, "c"),
                ErrorCode.REGION_NOT_FOUND,
                "The region named 'c' is registered as CUDA shared memory, not system shared memory");
        assertFails(
                () -> registry.status(SharedRegion.Cuda.class, "p"),
                ErrorCode.REGION_NOT_FOUND,
                "The region named 'p' is registered as system shared memory, not CUDA shared memory");
    }

    @Test
    void cudaRegionWithoutDevices_isUnsupported() {
        RegionRegistry without = new RegionRegistry(true, new PosixObjects(folder), DeviceHandles.NONE);
        assertThatThrownBy(() -> without.register(cuda("c", 8), HANDLE))
                .hasMessageContaining("this server has no GPU module")
                .extracting(thrown -> ((InferenceException) thrown).code())
                .isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(without.status(SharedRegion.Cuda.class, "")).isEmpty();
    }

    @Test
    void cudaRegionThatItsHandleDoesNotHold_isInvalid() {
        String text = "failed to register shared memory region 'c': invalid args";
        assertFails(() -> registry.register(cuda("c", 9), HANDLE), ErrorCode.INVALID_ARGUMENT, text);
        assertFails(
                () -> registry.register(new SharedRegion.Cuda("c", 1, 8), HANDLE), ErrorCode.INVALID_ARGUMENT, text);
    }

    @ParameterizedTest
    @CsvSource({
        "4, 0, Invalid offset for shared memory region: 'r'",
        "-1, 1, Invalid offset for shared memory region: 'r'",
        "0, 5, Invalid offset + byte size for shared memory region: 'r'",
        "3, 2, Invalid offset + byte size for shared memory region: 'r'",
        "0, -1, Invalid offset + byte size for shared memory region: 'r'",
        "1, -1, Integer overflow detected: byte_size (18446744073709551615) + offset (1) exceeds maximum value"
                + " (18446744073709551615) for region 'r'"
    })
    void useBeyondTheRegion_isInvalid(long offset, long byteSize, String text) {
        // The object is larger than the region.
        shared.object("o", new byte[100]);
        registry.register(posix("r", "/o", 50, 4));
        assertFails(() -> registry.lease("r", offset, byteSize), ErrorCode.INVALID_ARGUMENT, text);
    }

    @Test
    void partOfARegion_isReadAndWrittenWhereItLies() {
        shared.object("o", new byte[] {0, 1, 2, 3, 4, 5, 6, 7});
        registry.register(posix("r", "/o", 3, 4));
        RegionLease part = registry.lease("r", 1, 2);

        assertThat(read(part, 2)).containsExactly(4, 5);
        part.write(ByteBuffer.wrap(new byte[] {40}));
        assertThat(shared.bytes("o")).containsExactly(0, 1, 2, 3, 40, 5, 6, 7);
        assertThatThrownBy(() -> part.write(ByteBuffer.allocate(3))).isInstanceOf(IllegalArgumentException.class);
        part.release();
        assertThatThrownBy(() -> read(part, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void useOfNoBytes_isLegal() {
        shared.region("r", (byte) 1);
        RegionLease nothing = registry.lease("r", 0, 0);
        assertThat(read(nothing, 0)).isEmpty();
        nothing.release();
    }

    static byte[] read(RegionLease lease, int count) {
        byte[] bytes = new byte[count];
        lease.read(ByteBuffer.wrap(bytes));
        return bytes;
    }

    static void assertFails(ThrowingCallable action, ErrorCode code, String message) {
        assertThatThrownBy(action)
                .isInstanceOf(InferenceException.class)
                .hasMessage(message)
                .extracting(thrown -> ((InferenceException) thrown).code())
                .isEqualTo(code);
    }

    private static SharedRegion.Posix posix(String name, String key, long offset, long byteSize) {
        return new SharedRegion.Posix(name, key, offset, byteSize);
    }

    private static SharedRegion.Cuda cuda(String name, long byteSize) {
        return new SharedRegion.Cuda(name, 0, byteSize);
    }
}
