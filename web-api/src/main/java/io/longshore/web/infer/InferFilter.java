package io.longshore.web.infer;

import io.longshore.inference.InferenceService;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.SharedMemory;
import io.longshore.inference.Tracer;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.CodecLimits;
import io.longshore.protocol.rest.GenerateRequestDecoder;
import io.longshore.protocol.rest.GenerateResponseEncoder;
import io.longshore.protocol.rest.HeaderForwarding;
import io.longshore.protocol.rest.InferResponseEncoder;
import io.longshore.protocol.rest.PredictRequestDecoder;
import io.longshore.tensor.MemoryAllocator;
import io.longshore.web.WebSettings;
import io.longshore.web.http.AnswerWriter;
import io.longshore.web.http.ContentCoding;
import io.longshore.web.http.ReadGate;
import io.longshore.web.http.RequestPath;
import jakarta.inject.Inject;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes inference requests, generate and V1 requests among them, out of the way to JAX-RS, which cannot answer "on this
 * thread unless it must wait": a resource method is synchronous or asynchronous by its signature, and the asynchronous one
 * costs half of the throughput even where the answer is there at once. Everything else goes on to the resources.
 */
public class InferFilter implements Filter {
    /** Threads that may wait for the bytes of bodies at once; see {@link ReadGate}. */
    private static final int READING_THREADS = 4;

    /** Large answers that may be under way at once; see {@link AnswerWriter}. */
    private static final int WRITING_THREADS = 512;

    @Inject
    private InferenceService service;

    @Inject
    private ServerStatus status;

    @Inject
    private MemoryAllocator allocator;

    @Inject
    private SharedMemory shared;

    @Inject
    private Tracer tracer;

    @Inject
    private WebSettings settings;

    private @Nullable InferEndpoint endpoint;
    private @Nullable GenerateEndpoint generate;
    private @Nullable PredictEndpoint predict;

    @Override
    public void init(FilterConfig config) {
        ReadGate gate = new ReadGate(READING_THREADS);
        AnswerWriter writer = new AnswerWriter(WRITING_THREADS);
        RequestBodies bodies = new InferBodies(limits(), allocator, shared, status);
        HeaderForwarding forwarding =
                HeaderForwarding.of(settings.get().forwarding().http());
        endpoint = new InferEndpoint(
                service, bodies, new InferAnswers(new InferResponseEncoder()), forwarding, gate, writer, tracer);
        GenerateResponseEncoder encoder = new GenerateResponseEncoder();
        generate = new GenerateEndpoint(
                endpoint.with(
                        new JsonBodies(bodies, new GenerateRequestDecoder(limits(), allocator)::decode, status),
                        new GenerateAnswers(encoder)),
                encoder);
        predict = PredictEndpoint.of(endpoint, new PredictRequestDecoder(limits(), allocator), status);
    }

    @Override
    public void destroy() {
        if (endpoint != null) {
            endpoint.writer().close();
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!takes((HttpServletRequest) request, (HttpServletResponse) response)) {
            chain.doFilter(request, response);
        }
    }

    /** Answers the request if it infers. */
    private boolean takes(HttpServletRequest request, HttpServletResponse response) {
        InferEndpoint infer = endpoint;
        GenerateEndpoint texts = generate;
        PredictEndpoint rows = predict;
        if (infer == null
                || texts == null
                || rows == null
                || !request.getMethod().equals("POST")) {
            return false;
        }
        String path = RequestPath.of(request);
        ModelSelector model = InferTarget.of(path, InferTarget.INFER);
        if (model == null) {
            return texts.takes(path, request, response) || rows.takes(path, request, response);
        }
        infer(infer, model, request, response);
        return true;
    }

    private CodecLimits limits() {
        return new CodecLimits(settings.get().maxInputSize(), CodecLimits.DEFAULT.maxNesting());
    }

    private static void infer(
            InferEndpoint endpoint, ModelSelector model, HttpServletRequest request, HttpServletResponse response) {
        Optional<ContentCoding> coding = ContentCoding.ofContentEncoding(request.getHeader("Content-Encoding"));
        if (coding.isEmpty()) {
            AnswerWriter.write(InferAnswers.unsupportedCoding(), response);
        } else {
            new InferExchange(endpoint, InferHead.of(model, coding.get(), request), request, response).start();
        }
    }
}
