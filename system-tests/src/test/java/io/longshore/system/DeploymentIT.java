package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.system.V2Client.Reply;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The self-contained application comes, goes and comes back in a running server, which stays as it was. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class DeploymentIT {
    private static final String SERVER = "longshore-arquillian";
    private static final V2Client CLIENT =
            new V2Client(URI.create("http://127.0.0.1:" + Integer.getInteger("longshore.arquillian.port")));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path LOG = Path.of(System.getProperty("longshore.arquillian.log"));

    @ArquillianResource
    private Deployer deployer;

    @Deployment(name = "good", managed = false, testable = false)
    static EnterpriseArchive good() {
        return Deployments.ear("longshore.ear");
    }

    @Deployment(name = "misconfigured", managed = false, testable = false)
    static EnterpriseArchive misconfigured() {
        return Deployments.earWith("misconfigured.ear", "longshore.max-queue-size", "plenty");
    }

    @Test
    void undeploying_endsEveryThreadAndASecondDeploymentServesAgain() throws Exception {
        for (int round = 0; round < 2; round++) {
            deployer.deploy("good");
            try {
                // The application starts without waiting for its models.
                Awaitility.await().atMost(PATIENCE).until(() -> infer().status() == 200);
                assertThat(infer().body()).contains("\"OUTPUT0\"").contains("[2,4,6,");
                assertThat(ownThreads()).isNotEmpty();
            } finally {
                deployer.undeploy("good");
            }
            assertThat(ownThreads()).as("after undeploying").isEmpty();
        }
    }

    @Test
    void invalidSetting_refusesTheApplicationAndLeavesTheServerAlone() throws Exception {
        assertThatThrownBy(() -> deployer.deploy("misconfigured")).isInstanceOf(Exception.class);
        deployer.undeploy("misconfigured");

        assertThat(Files.readString(LOG)).contains("longshore.max-queue-size").contains("plenty");
        assertThat(serverProcess().isAlive()).isTrue();
    }

    private static Reply infer() {
        String ints = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]";
        String body = """
            {"inputs":[{"name":"INPUT0","shape":[1,16],"datatype":"INT32","data":%s},
             {"name":"INPUT1","shape":[1,16],"datatype":"INT32","data":%s}]}""".formatted(ints, ints);
        return CLIENT.infer("simple", body);
    }

    private static List<String> ownThreads() throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(serverProcess().pid()),
                        "Thread.print")
                .redirectErrorStream(true)
                .start();
        String dump = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(dump).isZero();
        return dump.lines().filter(line -> line.startsWith("\"longshore-")).toList();
    }

    private static ProcessHandle serverProcess() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains("ws-server.jar " + SERVER))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the server of the tests does not run"));
    }
}
