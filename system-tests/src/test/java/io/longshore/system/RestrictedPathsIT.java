package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.system.RawHttp.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Other spellings of the paths of restricted calls: none is served to a client without the secret, none is a fault of the server. */
class RestrictedPathsIT {
    private static final int SPELLINGS = 300;
    private static final String BODY = V2Client.simpleRequest(3);

    /** One of the calls that are restricted. */
    private record Call(String method, String path) {}

    private static final List<Call> CALLS = List.of(
            new Call("POST", "/v2/models/simple/infer"),
            new Call("POST", "/v2/models/simple/versions/1/infer"),
            new Call("POST", "/v2/models/simple/generate"),
            new Call("POST", "/v2/models/simple/generate_stream"),
            new Call("POST", "/v1/models/simple:predict"),
            new Call("POST", "/v1/models/simple;a:predict"),
            new Call("POST", "/v2/repository/index"),
            new Call("POST", "/v2/repository/models/nowhere/unload"),
            new Call("GET", "/v2/models/simple/config"),
            new Call("GET", "/v2/models/simple/versions/1/config"),
            new Call("GET", "/v2/models/stats"),
            new Call("GET", "/v2/models/simple/stats"),
            new Call("GET", "/v2/systemsharedmemory/status"));

    @TempDir
    private static Path folder;

    private static LongshoreServer server;

    @BeforeAll
    static void start() throws IOException {
        TestRepository repository = new TestRepository(Files.createDirectories(folder.resolve("models")))
                .simple("simple")
                .simple("simple;a");
        server = LongshoreServer.start(
                repository.path(),
                "--http-restricted-api=inference,model-repository,model-config,statistics,shared-memory:admin=secret");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void anySpelling_isNeitherServedWithoutTheSecretNorAFaultOfTheServer() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < SPELLINGS; i++) {
            Call call = CALLS.get(i % CALLS.size());
            String path = call.path();
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                path = respelled(path, random);
            }
            String what = "seed " + seed + ": " + call.method() + " " + path;
            assertThat(send(call.method(), path, "").status()).as(what).isBetween(400, 499);
            assertThat(send(call.method(), path, "admin: secret\r\n").status())
                    .as("%s with the secret", what)
                    .isNotEqualTo(500);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/models/simple/infer, 200",
        "/v2;x/models/simple/infer, 200",
        "/v2/models;x/simple;y=1/infer;z, 200",
        "/v2/models/simple/versions;x/1;y/infer, 200",
        "/v2/models/simple/infer/, 200",
        "/v2/models/simple%3Ba/infer, 200",
        "/v2/models//simple/infer, 404",
        "/v2/./models/simple/infer, 404",
        "/v2/models/simple/%69nfer, 404",
        "/v2/models/simple/versions/0/infer, 404",
        "/v2/models/simple/versions/99999999999999999999/infer, 404",
        "/v2/Models/simple/infer, 404",
        "/v1/models/simple;a:predict, 405",
    })
    void inferenceWithTheSecret_isServedWhereJaxRsWouldFindItElseRefused(String path, int status) throws IOException {
        assertThat(send("POST", path, "admin: secret\r\n").status()).isEqualTo(status);
        assertThat(send("POST", path, "").status()).isBetween(400, 499);
    }

    private static Answer send(String method, String path, String header) throws IOException {
        byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
        try (RawHttp http = new RawHttp(server)) {
            String length = method.equals("POST") ? "Content-Length: " + body.length + "\r\n" : "";
            http.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + length + header
                    + "\r\n");
            return (method.equals("POST") ? http.send(body) : http).read();
        }
    }

    /** The path with one change that a careless reader might pass over. */
    private static String respelled(String path, Random random) {
        int slash = Math.max(0, path.lastIndexOf('/', random.nextInt(path.length())));
        int end = path.indexOf('/', slash + 1) < 0 ? path.length() : path.indexOf('/', slash + 1);
        int letter = Math.min(slash + 1 + random.nextInt(Math.max(1, end - slash - 1)), path.length() - 1);
        return switch (random.nextInt(12)) {
            case 0 -> inserted(path, end, ";x=1");
            case 1 -> inserted(path, letter, ";");
            case 2 -> inserted(path, slash, "/");
            case 3 -> inserted(path, slash, "/.");
            case 4 -> inserted(path, slash, "/x/..");
            case 5 -> inserted(path, slash, "/..;");
            case 6 -> path.substring(0, letter) + encoded(path.charAt(letter)) + path.substring(letter + 1);
            case 7 -> path.substring(0, letter) + otherCase(path.charAt(letter)) + path.substring(letter + 1);
            case 8 ->
                path
                        + List.of("/", "//", "/.", "/;", ";jsessionid=1", "?x=/v2/health/live", "#x")
                                .get(random.nextInt(7));
            case 9 ->
                path
                        + List.of("%20", "%00", "%2f", "%3b", ".", "\\", "%252f", "%c0%af")
                                .get(random.nextInt(8));
            case 10 ->
                path.substring(0, slash)
                        + List.of("%2f", "%2F", "\\", "%5c", "%c0%af").get(random.nextInt(5))
                        + path.substring(slash + 1);
            default -> "/v2/health/.." + path;
        };
    }

    private static String inserted(String path, int at, String text) {
        return path.substring(0, at) + text + path.substring(at);
    }

    private static String encoded(char character) {
        return String.format("%%%02x", (int) character);
    }

    private static char otherCase(char letter) {
        return Character.isUpperCase(letter) ? Character.toLowerCase(letter) : Character.toUpperCase(letter);
    }
}
