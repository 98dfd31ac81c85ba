package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.system.V2Client.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** KServe's V1 protocol on the packaged server. */
class V1IT {
    private static final String ROW =
            "{\"INPUT0\":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]," + "\"INPUT1\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}";

    @TempDir
    private static Path folder;

    private static LongshoreServer server;
    private static V2Client client;

    @BeforeAll
    static void start() throws IOException {
        TestRepository repository =
                new TestRepository(Files.createDirectories(folder.resolve("models"))).simple("explained");
        repository.simple("simple").config("explained", """
                        max_batch_size: 8
                        parameters { key: "longshore.explainer" value { string_value: "simple" } }
                        """).javaModel("echo", EchoModel.class);
        server = LongshoreServer.start(repository.path());
        client = new V2Client(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void models_areListedAndReady() {
        assertThat(client.get("/").body()).isEqualTo("{\"status\":\"alive\"}");
        assertThat(client.get("/v1/models").body()).isEqualTo("{\"models\":[\"echo\",\"explained\",\"simple\"]}");
        assertThat(client.get("/v1/models/simple").body()).isEqualTo("{\"name\":\"simple\",\"ready\":true}");
        assertThat(client.get("/v1/models/nothing").status()).isEqualTo(404);
    }

    @Test
    void instancesByName_areAnsweredRowByRow() {
        Reply reply = client.post("/v1/models/simple:predict", "{\"instances\":[" + ROW + "," + ROW + "]}");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.json().at("/predictions/1/OUTPUT0/15").asInt()).isEqualTo(16);
        assertThat(reply.json().at("/predictions/1/OUTPUT1/15").asInt()).isEqualTo(14);
        assertThat(reply.json().get("predictions")).hasSize(2);
    }

    @Test
    void inputsByName_areAnsweredAsWholeTensors() {
        String columns = ROW.replace("[", "[[").replace("]", "]]");
        Reply reply = client.post("/v1/models/simple/versions/1:predict", "{\"inputs\":" + columns + "}");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.json().at("/predictions/OUTPUT0/0/15").asInt()).isEqualTo(16);
    }

    @Test
    void instancesOfTheOnlyInput_needNoName() {
        Reply reply = client.post("/v1/models/echo:predict", "{\"instances\":[\"a\",{\"b64\":\"Yg==\"}]}");
        assertThat(reply.body()).isEqualTo("{\"predictions\":[\"a\",\"b\"]}");
    }

    @Test
    void explain_asksTheExplainer() {
        Reply reply = client.post("/v1/models/explained:explain", "{\"instances\":[" + ROW + "]}");
        assertThat(reply.json().at("/explanations/0/OUTPUT0/15").asInt()).isEqualTo(16);
        reply = client.post("/v1/models/simple:explain", "{\"instances\":[" + ROW + "]}");
        assertThat(reply.status()).isEqualTo(501);
        assertThat(reply.error()).contains("longshore.explainer");
    }

    @Test
    void brokenRequests_areRefused() {
        assertThat(client.post("/v1/models/nothing:predict", "{\"instances\":[1]}")
                        .status())
                .isEqualTo(404);
        assertThat(client.post("/v1/models/simple:predict", "").status()).isEqualTo(400);
        Reply reply = client.post("/v1/models/simple:predict", "{\"instances\":[[1,2]]}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).contains("name them: [INPUT0, INPUT1]");
        reply = client.post("/v1/models/simple:predict", "{\"instances\":[{\"INPUT0\":[1],\"INPUT1\":[1]}]}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).contains("unexpected shape");
    }
}
