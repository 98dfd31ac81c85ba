package io.longshore.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longshore.onnx.OnnxModels;
import io.longshore.system.Transcript.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;

/**
 * Takes the steps of a transcript over one wire. Models and regions carry the wire's name, so that several runners work beside
 * each other, except those whose names begin with {@code shared}. Not thread-safe.
 */
final class TranscriptRunner {
    private static final Path OBJECTS = Path.of("/dev/shm");
    private static final int ROW = 16;
    private static final int REGION_BYTES = 64;

    private final Wire wire;
    private final String suffix;
    private final ServerState state;
    private final TestRepository repository;
    private final CyclicBarrier meeting;
    private final Map<String, CompletableFuture<String>> begun = new HashMap<>();

    /**
     * @param name of the wire, in the names of models
     * @param meeting where runners wait for each other
     */
    TranscriptRunner(Wire wire, String name, ServerState state, TestRepository repository, CyclicBarrier meeting) {
        this.wire = wire;
        this.suffix = "_" + name;
        this.state = state;
        this.repository = repository;
        this.meeting = meeting;
    }

    /** Takes all steps; fails at the first whose answer is not one of those that it may have. */
    void run(Transcript transcript) {
        try {
            for (Step step : transcript.steps()) {
                String answer = answer(step);
                assertThat(step.allows(answer))
                        .as("%s over %s, answered %s", step, wire, answer)
                        .isTrue();
            }
            assertThat(begun).as("requests that no line has ended").isEmpty();
        } catch (RuntimeException | AssertionError e) {
            // Nobody waits for this runner.
            meeting.reset();
            throw e;
        }
    }

    private String answer(Step step) {
        try {
            return take(step).replace(suffix, "");
        } catch (WireRefusal refusal) {
            String message = String.valueOf(refusal.getMessage()).replaceFirst("^\\[request id: [^]]*] ", "");
            return ("refused " + refusal.kind() + " " + message.strip()).replace(suffix, "");
        }
    }

    private String take(Step step) {
        return switch (step.verb()) {
            case "load", "unload" -> control(step);
            case "ready" -> wire.isReady(model(step)) ? "yes" : "no";
            case "index" -> index(step);
            case "metadata" -> metadata(step);
            case "config" -> wire.config(model(step)).at(step.word(1)).asText();
            case "statistics" -> statistics(step);
            case "infer" -> infer(step);
            case "burst" -> burst(step);
            case "step" -> sequenceStep(step);
            case "begin", "end" -> background(step);
            case "sleep" -> sleep(step);
            case "put", "drop" -> version(step);
            case "register", "unregister", "regions" -> region(step);
            case "meet" -> meet();
            default -> throw new IllegalArgumentException("unknown verb in " + step);
        };
    }

    private String named(String word) {
        return word.startsWith("shared") ? word : word + suffix;
    }

    /** The model of the first word, which may have a version behind a slash. */
    private String model(Step step) {
        return named(step.word(0).split("/", -1)[0]);
    }

    private static String version(String word) {
        String[] parts = word.split("/", -1);
        return parts.length == 2 ? parts[1] : "";
    }

    private String control(Step step) {
        if (step.verb().equals("unload")) {
            wire.unload(model(step));
        } else if (step.words().size() == 2) {
            wire.load(model(step), step.word(1));
        } else {
            wire.load(model(step));
        }
        return "ok";
    }

    private String index(Step step) {
        List<String> found = new ArrayList<>();
        for (JsonNode entry : wire.index()) {
            if (entry.path("name").asText().equals(model(step))
                    && entry.path("version").asText("").equals(version(step.word(0)))) {
                found.add((entry.path("state").asText("") + " "
                                + entry.path("reason").asText(""))
                        .strip());
            }
        }
        return found.isEmpty() ? "absent" : String.join(" and ", found);
    }

    private String metadata(Step step) {
        JsonNode metadata = wire.metadata(model(step));
        String versions = StreamSupport.stream(metadata.path("versions").spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining(" "));
        return metadata.path("inputs").path(0).path("datatype").asText() + " versions " + versions;
    }

    private String statistics(Step step) {
        for (JsonNode version : wire.statistics(model(step))) {
            if (version.path("version").asText().equals(version(step.word(0)))) {
                return "success " + version.at("/inference_stats/success/count").asText("0")
                        + " fail " + version.at("/inference_stats/fail/count").asText("0")
                        + " rows " + version.path("inference_count").asText("0")
                        + " executions " + version.path("execution_count").asText("0");
            }
        }
        return "absent";
    }

    /** Sums and differences of two numbers in each of some rows. */
    private String infer(Step step) {
        long rows = step.words().size() > 3 ? Long.parseLong(step.word(3).substring(1)) : 1;
        WireCall call = WireCall.to(
                        model(step), numbers("INPUT0", step.word(1), rows), numbers("INPUT1", step.word(2), rows))
                .version(version(step.word(0)))
                .id("line " + step.line());
        WireAnswer answer = wire.infer(call);
        assertThat(answer.model()).isEqualTo(model(step));
        assertThat(answer.id()).isEqualTo("line " + step.line());
        return only(answer.output("OUTPUT0"), rows) + " " + only(answer.output("OUTPUT1"), rows);
    }

    private static WireTensor numbers(String name, String value, long rows) {
        Object[] values = IntStream.range(0, (int) rows * ROW)
                .mapToObj(i -> Integer.valueOf(value))
                .toArray();
        return TensorValues.tensor(name, "INT32", List.of(rows, (long) ROW), values);
    }

    /** The value that all elements have. */
    private static String only(WireTensor output, long rows) {
        assertThat(output.shape()).containsExactly(rows, (long) ROW);
        return TensorValues.of(output).stream().distinct().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** As many requests at a time as the last word says: an answer that is not legal, or any where all are. */
    private String burst(Step step) {
        Step one = new Step(step.line(), "infer", step.words().subList(0, 3), step.legal());
        List<CompletableFuture<String>> requests = IntStream.range(0, Integer.parseInt(step.word(3)))
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> answer(one)))
                .toList();
        List<String> answers = requests.stream().map(CompletableFuture::join).toList();
        return answers.stream()
                .filter(answer -> !one.allows(answer))
                .findFirst()
                .orElse(answers.get(0));
    }

    private String sequenceStep(Step step) {
        WireTensor value = TensorValues.tensor("INPUT0", "INT32", List.of(1L, 1L), Integer.valueOf(step.word(2)));
        String id = step.word(1);
        WireCall call = WireCall.to(model(step), value)
                .id("line " + step.line())
                .parameter("sequence_id", id.chars().allMatch(Character::isDigit) ? Long.valueOf(id) : id)
                .parameter("sequence_start", step.words().contains("start"))
                .parameter("sequence_end", step.words().contains("end"));
        return TensorValues.of(wire.infer(call).output("OUTPUT0")).get(0).toString();
    }

    /** A request that is under way, as the server itself says, while further steps are taken. */
    private String background(Step step) {
        String name = step.word(step.words().size() - 1);
        if (step.verb().equals("end")) {
            return begun.remove(name).join();
        }
        Step sleep = new Step(step.line(), "sleep", step.words(), step.legal());
        CompletableFuture<String> request = CompletableFuture.supplyAsync(() -> answer(sleep));
        begun.put(name, request);
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> request.isDone() || state.requestsInFlight(model(step)) > 0);
        return "begun";
    }

    private String sleep(Step step) {
        WireTensor millis = TensorValues.tensor("MILLIS", "INT32", List.of(1L), Integer.valueOf(step.word(1)));
        WireAnswer answer = wire.infer(WireCall.to(model(step), millis));
        return TensorValues.of(answer.output("MILLIS")).get(0).toString();
    }

    private String version(Step step) {
        try {
            return changeVersion(step);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String changeVersion(Step step) throws IOException {
        String folder = model(step) + "/" + version(step.word(0));
        if (step.verb().equals("put")) {
            repository.onnx(model(step), Integer.parseInt(version(step.word(0))), OnnxModels.simple());
        } else {
            Files.delete(repository.path().resolve(folder).resolve("model.onnx"));
            Files.delete(repository.path().resolve(folder));
        }
        return "ok";
    }

    private String region(Step step) {
        try {
            return useRegion(step);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String useRegion(Step step) throws IOException {
        if (step.verb().equals("regions")) {
            return new TreeSet<>(wire.regions())
                    .stream().filter(name -> name.endsWith(suffix)).toList().toString();
        }
        String name = named(step.word(0));
        String key = "longshore_transcript_" + ProcessHandle.current().pid() + "_" + name;
        if (step.verb().equals("register")) {
            Files.write(OBJECTS.resolve(key), new byte[REGION_BYTES]);
            wire.registerRegion(name, "/" + key, REGION_BYTES);
        } else {
            wire.unregisterRegion(name);
            Files.deleteIfExists(OBJECTS.resolve(key));
        }
        return "ok";
    }

    private String meet() {
        try {
            meeting.await(2, TimeUnit.MINUTES);
            return "ok";
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException("the other runner does not come", e);
        }
    }
}
