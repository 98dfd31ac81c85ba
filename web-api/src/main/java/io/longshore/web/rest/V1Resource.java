package io.longshore.web.rest;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.Readiness;
import io.longshore.inference.ServerStatus;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.rest.MetadataEncoder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * KServe's V1 protocol: which models there are and whether they are ready. Requests for predictions and explanations are
 * answered by {@link io.longshore.web.infer.InferFilter}.
 */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "v1")
public class V1Resource {
    private final ServerStatus status;

    V1Resource(ServerStatus status) {
        this.status = status;
    }

    /** That there is a server. */
    @GET
    @Operation(summary = "Liveness, at the root")
    @APIResponse(responseCode = "200", description = "the server is there")
    public Response alive() {
        return JsonAnswer.of(200, MetadataEncoder.alive());
    }

    /** The names of all models that are ready. */
    @GET
    @Path("/v1/models")
    @Operation(summary = "Models that are ready")
    @APIResponse(responseCode = "200", description = "their names")
    public Response models() {
        return JsonAnswer.of(200, MetadataEncoder.models(status.readyModels()));
    }

    /** Whether a request to the model would be served. */
    @GET
    @Path("/v1/models/{model}")
    @Operation(summary = "Model readiness")
    @APIResponse(responseCode = "200", description = "the model is ready")
    @APIResponse(responseCode = "404", description = "there is no such model")
    @APIResponse(responseCode = "503", description = "the model is not ready; the body has the reason")
    public Response ready(@PathParam("model") String model) {
        ModelSelector selector = ModelSelector.latest(model);
        Readiness readiness = status.readiness(selector);
        if (readiness.isReady()) {
            return JsonAnswer.of(200, MetadataEncoder.modelReady(model, readiness));
        }
        int code = isKnown(selector) ? 503 : 404;
        return JsonAnswer.of(code, MetadataEncoder.modelReady(model, readiness));
    }

    private boolean isKnown(ModelSelector model) {
        try {
            status.describe(model);
            return true;
        } catch (InferenceException e) {
            return e.code() != ErrorCode.MODEL_NOT_FOUND;
        }
    }
}
