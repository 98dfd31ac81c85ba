package io.longshore.protocol.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelStatus;
import io.longshore.protocol.MemoryUpload;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryRequestsTest {
    private final List<MemoryUpload> uploads = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{}", "{\"ready\":false}", "{\"other\":[1,{\"ready\":true}]}"})
    void readyOnly_isNotAskedFor(String body) {
        assertThat(readyOnly(body)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ready\":true}", "{\"other\":null,\"ready\":true}"})
    void readyOnly_isAskedFor(String body) {
        assertThat(readyOnly(body)).isTrue();
    }

    @Test
    void readyOfAnotherKind_isInvalid() {
        assertThatThrownBy(() -> readyOnly("{\"ready\":\"yes\"}"))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessage("Invalid value for 'ready': expected a boolean");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "7", "{\"ready\"", "{\"ready\":tru}", "{"})
    void bodyThatIsNoObject_isInvalid(String body) {
        assertThatThrownBy(() -> readyOnly(body))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void index_tellsWhatIsKnown() {
        byte[] json = MetadataEncoder.index(List.of(
                new ModelStatus("a", 1, ModelStatus.State.READY, ""),
                new ModelStatus("b", 2, ModelStatus.State.UNAVAILABLE, "no \"weights\""),
                new ModelStatus("c", 0, ModelStatus.State.UNKNOWN, "")));

        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo("[{\"name\":\"a\",\"version\":\"1\",\"state\":\"READY\"},"
                        + "{\"name\":\"b\",\"version\":\"2\",\"state\":\"UNAVAILABLE\",\"reason\":\"no \\\"weights\\\"\"},"
                        + "{\"name\":\"c\"}]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "{\"parameters\":{}}", "{\"parameters\":{\"unload_dependents\":false,\"x\":[7]}}"})
    void dependents_areLeftAlone(String body) {
        assertThat(RepositoryRequests.withDependents(stream(body))).isFalse();
    }

    @Test
    void dependents_areAskedFor() {
        assertThat(RepositoryRequests.withDependents(stream("{\"parameters\":{\"unload_dependents\":true}}")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"parameters\":{\"unload_dependents\":\"true\"}}", "{\"parameters\":{\"unload_dependents\":1}}"
            })
    void dependentsOfAnotherKind_areInvalid(String body) {
        assertInvalid(
                () -> RepositoryRequests.withDependents(stream(body)),
                "Unable to parse 'unload_dependents': attempt to access JSON non-boolean as boolean");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{}", "{\"parameters\":{}}", "{\"other\":{\"parameters\":{\"x\":1}}}"})
    void load_overridesNothing(String body) {
        assertThat(load(body)).isEqualTo(LoadOverride.NONE);
        assertThat(uploads).isEmpty();
    }

    @Test
    void load_takesConfigurationAndFilesInAnyOrder() {
        LoadOverride override = load("""
                {"parameters":{"file:1/a":"YWJj","config":"{\\"backend\\":\\"onnxruntime\\"}","file:2/b":""}}""");

        assertThat(override.config()).isEqualTo("{\"backend\":\"onnxruntime\"}");
        assertThat(override.upload()).isSameAs(uploads.get(0));
        assertThat(uploads).hasSize(1);
        assertThat(uploads.get(0).texts()).containsOnly(Map.entry("1/a", "abc"), Map.entry("2/b", ""));
        assertThat(uploads.get(0).isClosed()).isFalse();
    }

    @Test
    void largeFile_arrivesWhole() {
        byte[] content = new byte[3_000_001];
        new Random(7).nextBytes(content);
        String base64 = Base64.getEncoder().encodeToString(content);

        load("{\"parameters\":{\"file:1/a\":\"" + base64 + "\"}}");

        assertThat(uploads.get(0).content("1/a")).isEqualTo(content);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '#', textBlock = """
                    []                                                | the body must be empty or an object such as {"parameters":{}}
                    {"parameters":7}                                  | Unable to parse 'parameters': attempt to access JSON non-object as object
                    {"parameters":{"config":{}}}                      | Unable to parse 'config': attempt to access JSON non-string as string
                    {"parameters":{"file:1/a":7}}                     | Unable to parse 'file:1/a': attempt to access JSON non-string as string
                    {"parameters":{"confg":"{}"}}                     | unrecognized load parameter 'confg'.
                    {"parameters":{"config":"{}","config":"{}"}}      | load parameter 'config' is given twice; give it once
                    {"parameters":{"file:1/a":"YWJj","config":"{}"    | failed to parse the request JSON buffer
                    {"parameters":{"file:1/a":"YW*j"}}                | Unable to parse 'file:1/a': Illegal character
                    {"parameters":{"file:1/a":"YWJ"}}                 | Unable to parse 'file:1/a':
                    {"parameters":{"file:1/a":"YWJj"},"x":            | failed to parse the request JSON buffer
                    """)
    void loadThatIsNone_isInvalidAndTheUploadIsThrownAway(String body, String message) {
        assertInvalid(() -> load(body), message);
        assertThat(uploads).allMatch(MemoryUpload::isClosed);
    }

    @Test
    void hugeConfigurationAndNames_areRefused() {
        assertInvalid(
                () -> load("{\"parameters\":{\"config\":\"" + "x".repeat(LoadParameters.MAX_CONFIG_BYTES + 1) + "\"}}"),
                "failed to parse the request JSON buffer");
        assertInvalid(
                () -> load("{\"parameters\":{\"file:" + "x".repeat(LoadParameters.MAX_NAME_BYTES) + "\":\"\"}}"),
                "failed to parse the request JSON buffer");
    }

    @Test
    void uploadThatIsRefused_endsTheLoad() {
        InferenceException refusal = new InferenceException(ErrorCode.UNSUPPORTED, "no uploads here");

        assertThatThrownBy(() -> RepositoryRequests.override(stream("{\"parameters\":{\"file:1/a\":\"\"}}"), () -> {
                    throw refusal;
                }))
                .isSameAs(refusal);
    }

    @Test
    void bodyThatCannotBeRead_isInvalid() {
        InputStream broken = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] target, int from, int count) throws IOException {
                throw new IOException("the client is gone");
            }
        };

        assertInvalid(
                () -> RepositoryRequests.override(broken, this::begin),
                "failed to read the request body: the client is gone");
    }

    private LoadOverride load(String body) {
        return RepositoryRequests.override(stream(body), this::begin);
    }

    private MemoryUpload begin() {
        MemoryUpload upload = new MemoryUpload();
        uploads.add(upload);
        return upload;
    }

    private static void assertInvalid(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageStartingWith(message);
    }

    private static boolean readyOnly(String body) {
        return RepositoryRequests.readyOnly(stream(body));
    }

    private static InputStream stream(String body) {
        return new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
    }
}
