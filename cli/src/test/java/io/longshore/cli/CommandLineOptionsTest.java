package io.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineOptionsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --model-control-mode=poll                          | longshore.model-control-mode=poll
                    --model-name=bert                                  | longshore.model-name=bert
                    --load-model=a                                     | longshore.load-model=a
                    --load-model=*                                     | longshore.load-model=*
                    --repository-poll-secs=2                           | longshore.repository-poll-secs=2
                    --model-load-thread-count=8                        | longshore.model-load-thread-count=8
                    --model-config-name=h100                           | longshore.model-config-name=h100
                    --disable-auto-complete-config                     | longshore.disable-auto-complete-config=true
                    --disable-auto-complete-config=false               | longshore.disable-auto-complete-config=false
                    --id=desk                                          | longshore.server-name=desk
                    --strict-readiness=0                               | longshore.strict-readiness=false
                    --exit-on-error=TRUE                               | longshore.exit-on-error=true
                    --exit-timeout-secs=0                              | longshore.exit-timeout-secs=0
                    --drain-grace-secs=5                               | longshore.drain-grace-secs=5
                    --http-address=0.0.0.0                             | longshore.http.address=0.0.0.0
                    --http-port=8080                                   | longshore.http.port=8080
                    --http-thread-count=8                              | longshore.http.thread-count=8
                    --http-max-input-size=1024                         | longshore.http.max-input-size=1024
                    --backend-config=onnxruntime,intra_op_thread_count=1 | longshore.backend-config=onnxruntime,intra_op_thread_count=1
                    --log-format=json                                  | longshore.log-format=json
                    --log-format=ISO8601                               | longshore.log-format=ISO8601
                    --log-format=default                               | longshore.log-format=text
                    --log-info=false                                   | longshore.log-info=false
                    --log-warning=0                                    | longshore.log-warning=false
                    --log-error=off                                    | longshore.log-error=false
                    --log-file=/tmp/longshore.log                      | longshore.log-file=/tmp/longshore.log
                    --log-verbose=1                                    | longshore.log-verbose=1
                    --max-queue-size=10                                | longshore.max-queue-size=10
                    --rate-limit=execution_count                       | longshore.rate-limit=execution_count
                    --rate-limit-resource=R1:10:0                      | longshore.rate-limit-resource=R1:10:0
                    --stuck-after-seconds=0                            | longshore.stuck-after-seconds=0
                    --request-memory-limit=1000000                     | longshore.request-memory-limit=1000000
                    --allow-metrics=false                              | longshore.metrics.enabled=false
                    --allow-cpu-metrics=false                          | longshore.metrics.cpu=false
                    --allow-gpu-metrics=false                          | longshore.metrics.gpu=false
                    --metrics-address=0.0.0.0                          | longshore.metrics.address=0.0.0.0
                    --metrics-port=9002                                | longshore.metrics.port=9002
                    --metrics-interval-ms=500                          | longshore.metrics.interval-ms=500
                    --metrics-config=histogram_latencies=true          | longshore.metrics.config=histogram_latencies=true
                    --trace-config=rate=5                              | longshore.trace.config=rate=5
                    --trace-config=Triton,log-frequency=5              | longshore.trace.config=triton,log-frequency=5
                    --trace-config=triton,file=/t/a=b.json             | longshore.trace.config=triton,file=/t/a=b.json
                    --trace-file=/t/x.json                             | longshore.trace.config=triton,file=/t/x.json
                    --trace-level=TENSORS                              | longshore.trace.config=level=TENSORS
                    --trace-rate=7                                     | longshore.trace.config=rate=7
                    --trace-count=-1                                   | longshore.trace.config=count=-1
                    --trace-log-frequency=2                            | longshore.trace.config=triton,log-frequency=2
                    --cache-config=local,size=1000                     | longshore.cache.config=local,size=1000
                    --response-cache-byte-size=5000000000              | longshore.cache.config=local,size=5000000000
                    --config-file=my.properties                        | longshore.config-file=my.properties
                    """)
    void workingOption_setsItsKey(String argument, String setting) throws UsageException {
        String key = setting.substring(0, setting.indexOf('='));
        assertThat(CommandLineOptions.parse(List.of(argument)).keys())
                .containsExactlyEntriesOf(Map.of(key, setting.substring(key.length() + 1)));
    }

    @Test
    void valueAsNextArgument_isTaken() throws UsageException {
        assertThat(parse("--http-port", "8001", "--strict-readiness", "false", "--exit-on-error"))
                .containsEntry("longshore.http.port", "8001")
                .containsEntry("longshore.strict-readiness", "false")
                .containsEntry("longshore.exit-on-error", "true");
    }

    @Test
    void repeatedRepositories_areJoinedAsAbsolutePaths(@TempDir Path folder) throws UsageException {
        assertThat(parse("--model-repository=" + folder, "--load-model=a", "--load-model=b", "--model-repository=."))
                .containsEntry(
                        "longshore.model-repository",
                        folder + "," + Path.of(".").toAbsolutePath())
                .containsEntry("longshore.load-model", "a,b");
    }

    @Test
    void repeatedBackendSettings_areJoinedBySemicolon() throws UsageException {
        assertThat(parse("--backend-config=onnxruntime,a=1", "--backend-config=b=2"))
                .containsEntry("longshore.backend-config", "onnxruntime,a=1;b=2");
    }

    @Test
    void traceSettings_areJoinedWithTheNewSpellingLast() throws UsageException {
        assertThat(parse(
                        "--trace-config=rate=2", "--trace-level=TENSORS", "--trace-rate=1", "--trace-level=TIMESTAMPS"))
                .containsEntry("longshore.trace.config", "level=TENSORS;level=TIMESTAMPS;rate=1;rate=2");
    }

    @Test
    void fileForTraces_isMadeAbsolute() throws UsageException {
        assertThat(parse("--trace-config=triton,file=t.json"))
                .containsEntry(
                        "longshore.trace.config",
                        "triton,file=" + Path.of("t.json").toAbsolutePath());
    }

    @Test
    void resources_addUp() throws UsageException {
        assertThat(parse("--rate-limit-resource=R1:10", "--rate-limit-resource=R2:5:0"))
                .containsEntry("longshore.rate-limit-resource", "R1:10,R2:5:0");
    }

    @Test
    void repeatedSingleOption_theLastCounts() throws UsageException {
        assertThat(parse("--http-port=1", "--http-port=2")).containsEntry("longshore.http.port", "2");
    }

    @Test
    void optionWithoutEffect_isNamedAndSetsNothing() throws UsageException {
        CommandLineOptions options = CommandLineOptions.parse(List.of("--cache-directory=x", "--host-policy=x"));
        assertThat(options.withoutEffect()).containsExactlyInAnyOrder("--cache-directory", "--host-policy");
        assertThat(options.keys()).isEmpty();
    }

    @Test
    void severalBadValues_areAllReported() {
        UsageException problem = catchThrowableOfType(
                UsageException.class, () -> parse("--http-port=70000", "--strict-readiness=maybe", "--grpc-port=x"));
        assertThat(problem.problems())
                .containsExactlyInAnyOrder(
                        "--http-port=70000: expected a port number from 1 to 65535",
                        "--strict-readiness=maybe: expected true or false",
                        "--grpc-port=x: expected a port number from 1 to 65535");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --model-control-mode=pol      | --model-control-mode=pol: expected one of none, poll, explicit
                    --repository-poll-secs=0      | --repository-poll-secs=0: expected a whole number from 1
                    --exit-timeout-secs=-1        | --exit-timeout-secs=-1: expected a whole number of seconds from 0
                    --http-max-input-size=64MB    | --http-max-input-size=64MB: expected a whole number of bytes from 1
                    --model-repository=/not/there | --model-repository=/not/there: expected a folder or a model file that exists and has no comma in its path
                    --backend-config=onnxruntime  | --backend-config=onnxruntime: expected backend,setting=value without a semicolon
                    --log-file=/not/there/log     | --log-file=/not/there/log: expected a file in a folder that exists
                    --metrics-config=on           | --metrics-config=on: expected setting=value without a semicolon
                    --trace-config=on             | --trace-config=on: expected setting=value, or triton or opentelemetry with a comma before it, without a semicolon
                    --cache-config=size=1         | --cache-config=size=1: expected local,size= and a number of bytes
                    --response-cache-byte-size=-1 | --response-cache-byte-size=-1: expected a whole number of bytes from 0
                    --trace-count=-2              | --trace-count=-2: expected a whole number from -1
                    --http-port                   | --http-port: the value is missing, expected a port number from 1 to 65535
                    --htp-port=1                  | unknown option --htp-port: did you mean --http-port?
                    --model_repository=/x         | unknown option --model_repository: did you mean --model-repository?
                    --quite-another=1             | unknown option --quite-another: 'longshore serve --help' lists all options
                    models                        | unexpected argument models: 'longshore serve --help' lists the options
                    """)
    void badArgument_isRefusedWithWhatWasExpected(String argument, String message) {
        assertThatThrownBy(() -> parse(argument))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    @Test
    void restrictions_addUp() throws UsageException {
        CommandLineOptions options = CommandLineOptions.parse(
                List.of("--http-restricted-api=health,metadata:k=v=1", "--http-restricted-api", "trace:k2=v2"));

        assertThat(options.keys()).containsEntry("longshore.http.restricted-api", "health,metadata:k=v=1;trace:k2=v2");
    }

    @Test
    void restrictionOfAnotherForm_isRefusedWithoutItsSecret() {
        UsageException refused = catchThrowableOfType(
                UsageException.class,
                () -> CommandLineOptions.parse(List.of("--grpc-restricted-protocol=health=s3cret")));

        assertThat(refused.problems())
                .containsExactly("--grpc-restricted-protocol=(not shown): expected category:header=value, or several"
                        + " categories with commas between, without a semicolon");
    }

    @Test
    void fileThatIsAbsent_isRefused() {
        UsageException refused = catchThrowableOfType(
                UsageException.class, () -> CommandLineOptions.parse(List.of("--grpc-server-cert=/no/such.pem")));

        assertThat(refused.problems()).containsExactly("--grpc-server-cert=/no/such.pem: expected a file that exists");
    }

    @Test
    void optionBeforeAMissingValue_isNotTakenAsValue() {
        assertThatThrownBy(() -> parse("--load-model", "--http-port=1"))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("--load-model");
    }

    private static Map<String, String> parse(String... arguments) throws UsageException {
        return CommandLineOptions.parse(List.of(arguments)).keys();
    }
}
