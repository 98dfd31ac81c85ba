package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelUpload;
import io.longshore.inference.RecordingSink;
import io.longshore.model.ModelSelector;
import io.longshore.spi.FakeBackend.Fault;
import io.longshore.spi.HeldItems;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads that override the configuration, which in the rig is a batch size, or the files of a model. */
class OverrideTest {
    private static final long LIMIT = 1000;

    private final EngineRig rig = rig(true);

    private static EngineRig rig(boolean uploadAllowed) {
        return new EngineRig(EngineOptions.DEFAULT
                .withMode(ControlMode.EXPLICIT)
                .withLoading(new EngineOptions.Loading(0, uploadAllowed, LIMIT)));
    }

    private CompletableFuture<Void> load(String name, LoadOverride override) {
        CompletableFuture<Void> loaded = rig.engine().load(name, override).toCompletableFuture();
        rig.loading.runAll();
        return loaded;
    }

    private CompletableFuture<Void> load(String name) {
        return load(name, LoadOverride.NONE);
    }

    private InferenceException failure(String name, LoadOverride override) {
        CompletableFuture<Void> loaded = load(name, override);
        CompletionException thrown = catchThrowableOfType(CompletionException.class, loaded::join);
        return (InferenceException) Objects.requireNonNull(thrown.getCause());
    }

    private static LoadOverride config(String batchSize) {
        return new LoadOverride(batchSize, null);
    }

    /** An upload of files that each hold their own name. */
    private LoadOverride files(String batchSize, String... names) {
        ModelUpload upload = rig.engine().beginUpload();
        for (String name : names) {
            write(upload, name, name.getBytes(StandardCharsets.UTF_8));
        }
        return new LoadOverride(batchSize, upload);
    }

    private static void write(ModelUpload upload, String name, byte[] content) {
        try (OutputStream file = upload.file(name)) {
            file.write(content);
        } catch (IOException e) {
            throw new AssertionError("files of an upload throw no such thing", e);
        }
    }

    private int batchSize(String name) {
        return rig.engine().describe(ModelSelector.latest(name)).config().maxBatchSize();
    }

    @Test
    void config_holdsUntilTheNextLoadWithoutOne() {
        rig.repository.put("a");
        rig.start();
        assertThat(load("a", config("4"))).isCompleted();
        assertThat(batchSize("a")).isEqualTo(4);

        assertThat(load("a", config("4"))).as("no change").isCompleted();
        assertThat(rig.backend.loads()).isEqualTo(1);
        assertThat(load("a", config("8"))).isCompleted();
        assertThat(batchSize("a")).isEqualTo(8);
        assertThat(load("a")).isCompleted();
        assertThat(batchSize("a")).isZero();
        assertThat(rig.backend.openModels()).isEqualTo(1);
        rig.closeAndCheck();
    }

    @Test
    void invalidConfig_failsAsTritonDoesAndTheOldOneServes() {
        rig.repository.put("a");
        rig.start();
        assertThat(load("a", config("4"))).isCompleted();
        InferenceException failure = failure("a", config("many"));

        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure)
                .hasMessage(
                        "failed to load 'a', failed to poll from model repository: config override: not a number: many");
        assertThat(batchSize("a")).isEqualTo(4);
        assertThat(rig.index()).containsExactly("a:1 READY config override: not a number: many");
        rig.closeAndCheck();
    }

    @Test
    void configThatTheBackendRefuses_failsAndTheOldOneServes() {
        rig.repository.put("a");
        rig.start();
        assertThat(load("a")).isCompleted();
        rig.backend.fail("a", Fault.COMPLETE);

        InferenceException failure = failure("a", config("4"));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(failure)
                .hasMessage("load failed for model 'a': version 1 is at UNAVAILABLE state: fake fault COMPLETE;\n");
        assertThat(rig.index()).containsExactly("a:1 READY fake fault COMPLETE");
        assertThat(batchSize("a")).isZero();
        rig.closeAndCheck();
    }

    @Test
    void upload_replacesTheWholeFolderUntilTheNextLoad() {
        rig.repository.put("a");
        rig.start();
        assertThat(load("a")).isCompleted();
        assertThat(load("a", files("4", "3/model.bin", "3/deep/er/weights.bin", "labels.txt")))
                .isCompleted();
        assertThat(rig.engine().describe(ModelSelector.latest("a")).versions()).containsExactly(3L);
        assertThat(rig.engine().uploadedBytes()).isPositive();

        assertThat(load("a")).isCompleted();
        assertThat(rig.engine().describe(ModelSelector.latest("a")).versions()).containsExactly(1L);
        assertThat(rig.engine().uploadedBytes()).isZero();
        rig.closeAndCheck();
    }

    @Test
    void uploadOfAModelThatTheRepositoryLacks_isServed() {
        rig.start();
        assertThat(load("new", files("4", "1/model.bin"))).isCompleted();
        assertThat(rig.index()).containsExactly("new:1 READY");

        rig.engine().unload("new");
        rig.loading.runAll();
        assertThat(rig.engine().uploadedBytes()).isZero();
        assertThat(failure("new", LoadOverride.NONE))
                .hasMessage("failed to load 'new', failed to poll from model repository");
        rig.closeAndCheck();
    }

    @Test
    void uploadedFiles_stayAsLongAsRequestsNeedThem() {
        HeldItems held = new HeldItems();
        rig.backend.behave("a", held);
        rig.repository.put("a");
        rig.start();
        assertThat(load("a", files("0", "1/model.bin"))).isCompleted();
        RecordingSink onUploaded = rig.infer("a");
        rig.inference.runAll();
        assertThat(load("a")).isCompleted();
        assertThat(rig.engine().uploadedBytes()).isPositive();

        held.answerNext();
        rig.loading.runAll();
        assertThat(onUploaded.responses()).hasSize(1);
        assertThat(rig.engine().uploadedBytes()).isZero();
        rig.closeAndCheck();
    }

    @Test
    void uploadThatDoesNotLoad_leavesNoFiles() {
        rig.backend.fail("1", Fault.LOAD);
        rig.backend.fail("broken/1", Fault.LOAD);
        rig.start();

        assertThat(failure("a", files("many", "1/model.bin")).getMessage()).contains("not a number");
        assertThat(rig.engine().uploadedBytes()).isZero();
        assertThat(failure("a", files("4", "readme.txt")).getMessage())
                .startsWith("failed to load 'a', no version is available: ");
        assertThat(rig.engine().uploadedBytes()).isZero();
        rig.closeAndCheck();
    }

    @Test
    void uploadWithoutConfig_isRefused() {
        rig.repository.put("a");
        rig.start();
        ModelUpload upload = rig.engine().beginUpload();
        write(upload, "1/model.bin", new byte[3]);

        InferenceException failure = failure("a", new LoadOverride(null, upload));
        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure.getMessage())
                .startsWith("failed to load 'a', failed to poll from model repository: ")
                .contains("'config' is needed");
        assertThat(rig.engine().uploadedBytes()).isZero();
        rig.closeAndCheck();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../a",
                "1/../../a",
                "/etc/passwd",
                "",
                "1//a",
                "1/./a",
                "1/a/",
                "a\\b",
                "a\0b",
                "1/a\nb",
                "1/2/3/4/5/6/7/8/9/10/11/12/13",
                "1/model.bin/inside",
                "1/model.bin"
            })
    void namesThatCannotBe_areRefusedTogether(String name) {
        rig.start();
        InferenceException failure = failure("a", files("4", "1/model.bin", name, ".."));

        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure.getMessage())
                .startsWith("failed to load 'a', failed to poll from model repository: the file name '")
                .contains("; the file name '..' must be a relative path");
        assertThat(rig.index()).isEmpty();
        rig.closeAndCheck();
    }

    @Test
    void longNames_areRefusedAndCut() {
        rig.start();
        String message = failure("a", files("4", "x".repeat(256))).getMessage();
        assertThat(message).contains("has a part of more than 255 bytes").hasSizeLessThan(300);
        rig.closeAndCheck();
    }

    @Test
    void uploadBeyondTheLimit_isRefusedWithTheOptionToRaiseIt() {
        rig.start();
        assertThat(load("a", files("4", "1/model.bin"))).isCompleted();
        ModelUpload huge = rig.engine().beginUpload();
        assertRefused(huge, (int) LIMIT + 1, ErrorCode.INVALID_ARGUMENT);
        assertRefused(huge, (int) LIMIT, ErrorCode.UNAVAILABLE);
        huge.close();

        rig.engine().unload("a");
        rig.loading.runAll();
        ModelUpload fits = rig.engine().beginUpload();
        write(fits, "1/model.bin", new byte[(int) LIMIT]);
        fits.close();
        rig.closeAndCheck();
    }

    private static void assertRefused(ModelUpload upload, int byteSize, ErrorCode code) {
        assertThatThrownBy(() -> write(upload, "1/" + byteSize, new byte[byteSize]))
                .hasMessageContaining("longshore.model-upload-limit")
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void tooManyFiles_areRefused() {
        rig.start();
        ModelUpload upload = rig.engine().beginUpload();
        for (int i = 0; i < 1024; i++) {
            write(upload, "1/" + i, new byte[0]);
        }

        assertThatThrownBy(() -> upload.file("1/more")).hasMessageContaining("at most 1024 files");
        upload.close();
        rig.closeAndCheck();
    }

    @Test
    void tooManyUploadsAtOnce_areRefused() {
        rig.start();
        ModelUpload[] uploads = new ModelUpload[32];
        for (int i = 0; i < uploads.length; i++) {
            uploads[i] = rig.engine().beginUpload();
        }
        assertThatThrownBy(() -> rig.engine().beginUpload())
                .hasMessageContaining("32 uploads are under way")
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));

        for (ModelUpload upload : uploads) {
            upload.close();
        }
        rig.engine().beginUpload().close();
        rig.closeAndCheck();
    }

    @Test
    void uploadThatIsNotAllowed_saysWhichOptionAllowsIt() {
        EngineRig careful = rig(false);
        careful.start();
        assertThatThrownBy(() -> careful.engine().beginUpload())
                .hasMessageContaining("--allow-model-upload=true")
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
        careful.closeAndCheck();
    }

    @Test
    void refusedCalls_throwTheUploadAway() {
        rig.start();
        assertThat(failure("../a", files("4", "1/model.bin")).getMessage()).contains("path traversal");
        assertThat(rig.engine().uploadedBytes()).isZero();
        LoadOverride late = files("4", "1/model.bin");
        rig.engine().stopAccepting();
        assertThat(failure("a", late).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(rig.engine().uploadedBytes()).isZero();
        assertThatThrownBy(() -> rig.engine().beginUpload()).hasMessageContaining("the server is stopping");
        rig.closeAndCheck();
    }

    @Test
    void otherModes_takeNoUploads() {
        EngineRig fixed = new EngineRig(ControlMode.POLL);
        fixed.start();
        assertThatThrownBy(() -> fixed.engine().beginUpload())
                .hasMessage("explicit model load / unload is not allowed if polling is enabled");
        fixed.closeAndCheck();
    }
}
