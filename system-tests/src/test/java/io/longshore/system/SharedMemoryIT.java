package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors in shared memory of this machine, for a server that allows it. */
class SharedMemoryIT {
    private static final Path OBJECTS = Path.of("/dev/shm");
    private static final int TENSOR_BYTES = 16 * Integer.BYTES;
    private static final String SYSTEM = "/v2/systemsharedmemory/";
    private static final String CUDA = "/v2/cudasharedmemory/";

    @TempDir
    private static Path folder;

    private static TestRepository repository;
    private static LongshoreServer server;
    private static V2Client client;

    private final String key = "longshore_it_" + ProcessHandle.current().pid() + "_" + System.nanoTime();
    private final Path object = OBJECTS.resolve(key);

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Files.isWritable(OBJECTS), "this system has no shared memory objects in " + OBJECTS);
        repository = new TestRepository(Files.createDirectories(folder.resolve("models"))).simple("simple");
        server = LongshoreServer.start(repository.path(), "--allow-client-shm=true");
        client = new V2Client(server);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void makeObject() throws IOException {
        ByteBuffer tensors = ByteBuffer.allocate(3 * TENSOR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 16; i++) {
            tensors.putInt(i).putInt((16 + i) * Integer.BYTES, 1);
        }
        Files.write(object, tensors.array());
    }

    @AfterEach
    void forget() throws IOException {
        assertThat(client.post(SYSTEM + "unregister", "").status()).isEqualTo(200);
        Files.deleteIfExists(object);
    }

    @Test
    void registeredRegion_isListedUsedAndForgotten() throws IOException {
        register("r%20s", 3 * TENSOR_BYTES);
        String region =
                "{\"name\":\"r s\",\"key\":\"/" + key + "\",\"offset\":0,\"byte_size\":" + 3 * TENSOR_BYTES + "}";
        assertThat(client.get(SYSTEM + "status").body()).isEqualTo("[" + region + "]");
        assertThat(client.get(SYSTEM + "region/r%20s/status").body()).isEqualTo("[" + region + "]");

        V2Client.Reply reply = client.infer("simple", request("r s"));
        assertThat(reply.body())
                .isEqualTo("{\"model_name\":\"simple\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"OUTPUT0\","
                        + "\"datatype\":\"INT32\",\"shape\":[1,16]}]}");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(object)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getInt(2 * TENSOR_BYTES + 15 * Integer.BYTES)).isEqualTo(16);

        assertThat(client.post(SYSTEM + "region/r%20s/unregister", "").status()).isEqualTo(200);
        assertThat(client.get(SYSTEM + "status").body()).isEqualTo("[]");
        assertThat(client.infer("simple", request("r s")).status()).isEqualTo(404);
    }

    @Test
    void objectCutOff_failsItsRequestsAlone() throws IOException {
        register("r", 3 * TENSOR_BYTES);
        Files.write(object, new byte[10]);
        for (int i = 0; i < 20; i++) {
            V2Client.Reply reply = client.infer("simple", request("r"));
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.error()).contains("shared memory region 'r' is smaller than it was registered");
        }
        assertThat(client.infer("simple", V2Client.simpleRequest(3)).status()).isEqualTo(200);
    }

    @Test
    void linkInThePlaceOfAnObject_isNotFollowed() throws IOException {
        Files.delete(object);
        Files.createSymbolicLink(object, Files.write(folder.resolve("secret"), new byte[100]));
        V2Client.Reply reply = client.post(SYSTEM + "region/r/register", body("/" + key, 100));
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.error()).isEqualTo("Unable to open shared memory region: '/" + key + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"byte_size\":1}|400|Shared memory register request has no 'key' field",
                "{\"key\":\"/x\"}|400|Shared memory register request has no 'byte_size' field",
                "{\"key\":\"/../x\",\"byte_size\":1}|400|cannot register shared memory region 'r' - invalid shm key '/../x'",
                "{\"key\":\"//\",\"byte_size\":1}|400|cannot register shared memory region 'r' - invalid shm key '//'",
                "{\"key\":\"/longshore_nowhere\",\"byte_size\":1}|500|Unable to open shared memory region:",
                "{\"key\":|400|failed to parse the request JSON buffer"
            })
    void registrationThatCannotBe_isRefused(String body, int status, String text) {
        V2Client.Reply reply = client.post(SYSTEM + "region/r/register", body);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.error()).startsWith(text);
    }

    @Test
    void registrationWithoutAName_isRefused() {
        assertThat(client.post(SYSTEM + "register", body("/" + key, 1)).error())
                .isEqualTo("'region name' is necessary to register system shared memory region");
    }

    @Test
    void cudaRegion_isRefusedForWantOfAGpu() {
        String handle = "{\"raw_handle\":{\"b64\":\"%s\"},\"device_id\":0,\"byte_size\":8}";
        V2Client.Reply bad = client.post(CUDA + "region/c/register", handle.formatted("!"));
        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.error()).isEqualTo("'raw_handle' must be a valid base64 encoded cudaIpcMemHandle_t");
        V2Client.Reply refused = client.post(CUDA + "region/c/register", handle.formatted("A".repeat(86) + "=="));
        assertThat(refused.status()).isEqualTo(501);
        assertThat(refused.error()).startsWith("CUDA shared memory is not supported");
        assertThat(client.post(CUDA + "region/c/unregister", "").status()).isEqualTo(200);
        assertThat(client.get(CUDA + "status").body()).isEqualTo("[]");
        assertThat(client.get(CUDA + "region/c/status").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "region/r/status"})
    void wrongMethod_isNotAllowed(String path) {
        assertThat(client.post(SYSTEM + path, "").status()).isEqualTo(405);
    }

    private void register(String region, int byteSize) {
        V2Client.Reply reply = client.post(SYSTEM + "region/" + region + "/register", body("/" + key, byteSize));
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    }

    private static String body(String key, int byteSize) {
        return "{\"key\":\"" + key + "\",\"byte_size\":" + byteSize + "}";
    }

    /** A request to {@code simple} whose tensors are the thirds of a region. */
    private static String request(String region) {
        return "{\"inputs\":[" + tensor("INPUT0", region, 0) + "," + tensor("INPUT1", region, 1) + "],\"outputs\":["
                + tensor("OUTPUT0", region, 2) + "]}";
    }

    private static String tensor(String name, String region, int third) {
        return """
            {"name":"%s","shape":[1,16],"datatype":"INT32","parameters":{"shared_memory_region":"%s",\
            "shared_memory_offset":%d,"shared_memory_byte_size":%d}}""".formatted(name, region, third * TENSOR_BYTES, TENSOR_BYTES);
    }
}
