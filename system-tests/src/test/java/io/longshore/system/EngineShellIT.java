package io.longshore.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longshore.engine.InferenceEngine;
import io.longshore.inference.CallerThread;
import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.InferenceRequest;
import io.longshore.inference.InferenceResponse;
import io.longshore.inference.InferenceService;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ResponseSink;
import io.longshore.inference.ServerStatus;
import io.longshore.model.ModelSelector;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.tensor.Shape;
import io.longshore.tensor.Tensor;
import io.longshore.tensor.Tensors;
import jakarta.inject.Inject;
import java.nio.IntBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.Testable;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs inside the web module of the deployed application: what the engine's EJB gives to whoever injects its ports. */
@ExtendWith(ArquillianExtension.class)
class EngineShellIT {
    private static final long PATIENCE_SECONDS = 60;

    @Inject
    private InferenceService service;

    @Inject
    private ServerStatus status;

    @Inject
    private ModelControl control;

    @Inject
    private MemoryAllocator allocator;

    @Deployment
    static EnterpriseArchive application() {
        EnterpriseArchive ear = Deployments.ear("longshore.ear");
        WebArchive war = ear.getAsType(WebArchive.class, "/web-api.war").addClass(EngineShellIT.class);
        return ear.addAsModule(Testable.archiveToTest(war));
    }

    @Test
    void portsAreTheEngineItself_withoutAnyProxyOfTheContainer() {
        assertSame(InferenceEngine.class, service.getClass());
        assertSame(service, status);
        assertSame(service, control);
    }

    @Test
    void injectedPorts_inferOnAThreadOfTheApplication() throws Exception {
        load("simple");
        Answer answer = infer("simple");

        assertEquals(List.of(2, 4, 6), answer.sums());
        assertTrue(
                answer.thread().getName().startsWith("longshore-run-"),
                answer.thread().getName());
        assertSame(
                InferenceEngine.class,
                answer.contextClassLoader().loadClass(InferenceEngine.class.getName()),
                "the application's context travels to the engine's threads");
    }

    @Test
    void modelControl_loadsAndUnloadsWhatTheRepositoryHas() throws Exception {
        load("simple");
        assertTrue(status.readiness(ModelSelector.latest("simple")).isReady());
        control.unload("simple").toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);

        ExecutionException refusal = assertThrows(ExecutionException.class, () -> infer("simple"));
        assertEquals(
                ErrorCode.VERSION_NOT_FOUND,
                assertInstanceOf(InferenceException.class, refusal.getCause()).code());
        load("simple");
        assertEquals(List.of(2, 4, 6), infer("simple").sums());
    }

    private void load(String model) throws Exception {
        control.load(model).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private record Answer(List<Integer> sums, Thread thread, ClassLoader contextClassLoader) {}

    private Answer infer(String model) throws Exception {
        int[] values = new int[16];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        List<Tensor> inputs = List.of(
                Tensors.ofInts(allocator, "INPUT0", Shape.of(1, 16), values),
                Tensors.ofInts(allocator, "INPUT1", Shape.of(1, 16), values));
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        InferenceRequest plain = InferenceRequest.of(ModelSelector.latest(model), inputs);
        InferenceRequest request = new InferenceRequest(
                plain.id(),
                plain.model(),
                plain.inputs(),
                plain.outputs(),
                plain.parameters(),
                plain.options().withCaller(CallerThread.NEVER));
        service.infer(request, new ResponseSink() {
            @Override
            public void onResponse(InferenceResponse response, boolean isFinal) {
                IntBuffer values = response.outputs().get(0).buffer().asIntBuffer();
                List<Integer> sums = List.of(values.get(0), values.get(1), values.get(2));
                response.release();
                Thread thread = Thread.currentThread();
                answer.complete(new Answer(sums, thread, thread.getContextClassLoader()));
            }

            @Override
            public void onError(InferenceException failure) {
                answer.completeExceptionally(failure);
            }
        });
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
