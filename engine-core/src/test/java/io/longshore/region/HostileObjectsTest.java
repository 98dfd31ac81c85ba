package io.longshore.region;

import static io.longshore.region.RegionRegistryTest.assertFails;
import static io.longshore.region.RegionRegistryTest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.RegionLease;
import io.longshore.inference.SharedRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects and keys of clients that mean harm, or do not know what they do. */
class HostileObjectsTest {
    @TempDir
    private Path parent;

    private SharedFolder shared;
    private RegionRegistry registry;

    @BeforeEach
    void open() throws IOException {
        Files.write(parent.resolve("secret"), new byte[16]);
        shared = new SharedFolder(Files.createDirectory(parent.resolve("shm")));
        registry = shared.registry;
        shared.object("o", new byte[16]);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "//",
                "..",
                "/..",
                ".",
                "../secret",
                "/../secret",
                "o/../../secret",
                "sub/o",
                "o/",
                "/\0",
                "a\0b"
            })
    void keyThatNamesNoObject_isInvalid(String key) {
        assertFails(
                () -> register(key),
                ErrorCode.INVALID_ARGUMENT,
                "cannot register shared memory region 'r' - invalid shm key '" + key
                        + "': a key is a slash and the name of a shared memory object, without another slash");
    }

    @Test
    void keyThatIsTooLong_isInvalidAndQuotedInPart() {
        assertThatThrownBy(() -> register("/" + "x".repeat(1 << 20)))
                .hasMessageStartingWith("cannot register shared memory region 'r' - invalid shm key '/xxx")
                .satisfies(thrown -> assertThat(thrown.getMessage()).hasSizeLessThan(500))
                .extracting(thrown -> ((InferenceException) thrown).code())
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"triton_python_backend_shm_region_1", "///triton_python_backend_shm_region_"})
    void reservedKey_isInvalid(String key) {
        shared.object("triton_python_backend_shm_region_1", new byte[16]);
        assertFails(
                () -> register(key),
                ErrorCode.INVALID_ARGUMENT,
                "cannot register shared memory region 'r' with key '" + key
                        + "' as the key contains the reserved prefix 'triton_python_backend_shm_region_'");
    }

    @Test
    void slashesInFront_areAsMany() {
        register("///o");
        assertThat(shared.names()).containsExactly("r");
    }

    @Test
    void linkOutOfTheFolder_isNotFollowed() throws IOException {
        Files.createSymbolicLink(shared.folder.resolve("link"), parent.resolve("secret"));
        Files.createSymbolicLink(shared.folder.resolve("near"), shared.folder.resolve("o"));
        assertCannotOpen("/link");
        assertCannotOpen("/near");
    }

    @Test
    void whatIsNoRegularFile_isNotOpened() throws IOException, InterruptedException {
        Files.createDirectory(shared.folder.resolve("folder"));
        assertCannotOpen("/folder");
        assertCannotOpen("/missing");
        Process mkfifo =
                new ProcessBuilder("mkfifo", shared.folder.resolve("pipe").toString()).start();
        assertThat(mkfifo.waitFor()).isZero();
        assertCannotOpen("/pipe");
    }

    @Test
    void objectCutOffAfterRegistration_failsItsUsesAndNothingElse() {
        register("/o");
        RegionLease lease = registry.lease("r", 0, 16);
        shared.truncate("o", 8);
        String text = "shared memory region 'r' is smaller than it was registered; make its object as large again, or"
                + " register a smaller one";

        assertFails(() -> read(lease, 16), ErrorCode.INVALID_ARGUMENT, text);
        assertFails(() -> lease.write(ByteBuffer.allocateDirect(9)), ErrorCode.INVALID_ARGUMENT, text);
        assertThat(shared.bytes("o")).as("a write makes no object larger").hasSize(8);
        assertThat(read(lease, 8)).hasSize(8);
        shared.object("o", new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
        assertThat(read(lease, 16)).containsOnly(9);
        lease.release();
    }

    @Test
    void objectUnlinkedAfterRegistration_staysReadable() throws IOException {
        shared.object("o", new byte[] {5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5});
        register("/o");
        Files.delete(shared.folder.resolve("o"));
        RegionLease lease = registry.lease("r", 15, 1);
        assertThat(read(lease, 1)).containsExactly(5);
        lease.release();
    }

    @Test
    void interruptedThread_doesNotCloseTheRegionForOthers() {
        register("/o");
        RegionLease lease = registry.lease("r", 0, 16);
        Thread.currentThread().interrupt();
        read(lease, 16);
        lease.write(ByteBuffer.allocate(16));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(read(lease, 16)).hasSize(16);
        lease.release();
    }

    private void register(String key) {
        registry.register(new SharedRegion.Posix("r", key, 0, 16));
    }

    private void assertCannotOpen(String key) {
        assertFails(
                () -> register(key), ErrorCode.REGION_UNUSABLE, "Unable to open shared memory region: '" + key + "'");
    }
}
