package io.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longshore.Race;
import io.longshore.engine.EngineOptions.ControlMode;
import io.longshore.inference.LoadOverride;
import io.longshore.inference.ModelUpload;
import io.longshore.inference.RecordingSink;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Many clients that load and unload, and many models. */
class ManyClientsTest {
    private final ExecutorService inference = Executors.newFixedThreadPool(2);
    private final ExecutorService loading = Executors.newFixedThreadPool(4);

    @AfterEach
    void endThreads() {
        inference.shutdown();
        loading.shutdown();
    }

    /** Race: load, with every kind of override, against unload of the same model. No call fails, nothing is left. */
    @RepeatedTest(5)
    void twentyClientsOnOneModel_allSucceed() {
        EngineRig rig = new EngineRig(
                EngineOptions.DEFAULT
                        .withMode(ControlMode.EXPLICIT)
                        .withLoading(new EngineOptions.Loading(0, true, 1 << 20)),
                inference,
                loading);
        rig.repository.put("m");
        rig.engine().start().toCompletableFuture().join();
        Runnable[] clients = new Runnable[20];
        Arrays.setAll(clients, i -> () -> client(rig, i));
        Race.of(clients);

        rig.engine().load("m").toCompletableFuture().join();
        assertThat(rig.index()).containsExactly("m:1 READY");
        RecordingSink served = rig.infer("m");
        assertThat(served.awaitEnd().outcome()).isEqualTo("OK");
        // Waits for the versions too that the loads have replaced, and with them for their files.
        rig.engine().unload("m").toCompletableFuture().join();
        assertThat(rig.backend.openModels()).isZero();
        assertThat(rig.engine().uploadedBytes()).isZero();
        rig.engine().close();
        rig.assertNothingIsLeft();
    }

    private static void client(EngineRig rig, int number) {
        for (int round = 0; round < 10; round++) {
            switch ((number + round) % 4) {
                case 0 -> rig.engine().unload("m").toCompletableFuture().join();
                case 1 -> load(rig, LoadOverride.NONE);
                case 2 -> load(rig, new LoadOverride("" + number, null));
                default -> load(rig, upload(rig));
            }
        }
    }

    private static void load(EngineRig rig, LoadOverride override) {
        rig.engine().load("m", override).toCompletableFuture().join();
    }

    private static LoadOverride upload(EngineRig rig) {
        ModelUpload upload = rig.engine().beginUpload();
        try (OutputStream file = upload.file("1/model.bin")) {
            file.write(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LoadOverride("2", upload);
    }

    @Test
    void twoHundredModelsOfThreeVersions_allLoadAtTheStart() {
        EngineRig rig = new EngineRig(EngineOptions.DEFAULT, inference, loading);
        for (int model = 0; model < 200; model++) {
            rig.allVersions("m" + model);
            for (int version = 1; version <= 3; version++) {
                rig.repository.put("m" + model, version, 1);
            }
        }
        rig.engine().start().toCompletableFuture().join();

        assertThat(rig.engine().readyModels()).hasSize(200);
        assertThat(rig.engine().index(true)).hasSize(600);
        assertThat(rig.engine().readiness().isReady()).isTrue();
        rig.engine().close();
        rig.assertNothingIsLeft();
    }
}
