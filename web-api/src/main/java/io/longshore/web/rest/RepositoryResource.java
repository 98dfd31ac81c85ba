package io.longshore.web.rest;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelControl;
import io.longshore.inference.ModelStatus;
import io.longshore.protocol.rest.MetadataEncoder;
import io.longshore.protocol.rest.RepositoryRequests;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Lists, loads and unloads models (V2 model repository extension), as they are in the repository. */
@Path("/v2/repository")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "repository")
public class RepositoryResource {
    private static final int LOAD_BODY_BYTES = 64;
    private static final int INDEX_BODY_BYTES = 1 << 16;

    private final ModelControl control;

    RepositoryResource(ModelControl control) {
        this.control = control;
    }

    /** Every version that the server knows of, or only those that are ready. */
    @POST
    @Path("/index")
    @Operation(summary = "List the models of the repository")
    @APIResponse(responseCode = "200", description = "name, version, state and reason of each version")
    @APIResponse(responseCode = "400", description = "the body is neither empty nor an object with ready as a boolean")
    public Response index(InputStream body) throws IOException {
        boolean readyOnly = RepositoryRequests.readyOnly(body.readNBytes(INDEX_BODY_BYTES));
        List<ModelStatus> models = control.index().stream()
                .filter(model -> !readyOnly || model.state() == ModelStatus.State.READY)
                .toList();
        return JsonAnswer.of(200, MetadataEncoder.index(models));
    }

    /** Loads a model, or brings a loaded one up to what the repository holds. The body is empty or an empty object. */
    @POST
    @Path("/models/{model}/load")
    @Operation(summary = "Load a model")
    @APIResponse(responseCode = "200", description = "the model is ready")
    @APIResponse(responseCode = "501", description = "the request has parameters, which are not supported")
    @APIResponse(responseCode = "503", description = "the server does not load models on request")
    public CompletionStage<Response> load(@PathParam("model") String model, InputStream body) throws IOException {
        String text = new String(body.readNBytes(LOAD_BODY_BYTES), StandardCharsets.UTF_8);
        if (!text.replaceAll("\\s", "").matches("(\\{})?")) {
            throw new InferenceException(
                    ErrorCode.UNSUPPORTED,
                    "load parameters are not supported; send an empty body to load '" + model + "'");
        }
        return control.load(model).thenApply(done -> Response.ok().build());
    }

    /** Unloads all versions of a model. The body, which can ask to unload dependents too, makes no difference. */
    @POST
    @Path("/models/{model}/unload")
    @Operation(summary = "Unload a model")
    @APIResponse(responseCode = "200", description = "the model is unloaded")
    @APIResponse(responseCode = "503", description = "the server does not unload models on request")
    public CompletionStage<Response> unload(@PathParam("model") String model) {
        return control.unload(model).thenApply(done -> Response.ok().build());
    }
}
