package io.longshore.web.rest;

import io.longshore.inference.ErrorCode;
import io.longshore.inference.InferenceException;
import io.longshore.inference.ModelControl;
import io.longshore.protocol.rest.MetadataEncoder;
import io.longshore.protocol.rest.RepositoryRequests;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Lists, loads and unloads models (V2 model repository extension). Load and unload answer with KServe's bodies.
 * {@code META-INF/openapi.yaml} describes the calls, whose bodies annotations could not.
 */
@Path("/v2/repository")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "repository")
public class RepositoryResource {
    private final ModelControl control;

    RepositoryResource(ModelControl control) {
        this.control = control;
    }

    /** Every version that the server knows of, or only those that are ready. */
    @POST
    @Path("/index")
    @Operation(hidden = true)
    public Response index(InputStream body) {
        return JsonAnswer.of(200, MetadataEncoder.index(control.index(RepositoryRequests.readyOnly(body))));
    }

    /**
     * Loads a model, or brings a loaded one up to what the repository holds. The body is empty, or has as parameters
     * {@code config}, a configuration in place of the model's own, and {@code file:<path>}, files in place of its folder.
     */
    @POST
    @Path("/models/{model}/load")
    @Operation(hidden = true)
    public CompletionStage<Response> load(@PathParam("model") String model, InputStream body) {
        return control.load(model, RepositoryRequests.override(body, control::beginUpload))
                .thenApply(done -> JsonAnswer.of(200, MetadataEncoder.loaded(model)));
    }

    /** Unloads all versions of a model. The body is empty, or has the parameter {@code unload_dependents}, a boolean. */
    @POST
    @Path("/models/{model}/unload")
    @Operation(hidden = true)
    public CompletionStage<Response> unload(@PathParam("model") String model, InputStream body) {
        return control.unload(model, RepositoryRequests.withDependents(body))
                .thenApply(done -> JsonAnswer.of(200, MetadataEncoder.unloaded(model)));
    }

    /** The index of one of several repositories, which the protocol has and neither Triton nor this server. */
    @POST
    @Path("/{repository}/index")
    @Operation(hidden = true)
    public Response indexOf() {
        throw noRepositories();
    }

    /** A load from, or an unload of, one of several repositories. */
    @POST
    @Path("/{repository}/models/{model}/{action: load|unload}")
    @Operation(hidden = true)
    public Response control() {
        throw noRepositories();
    }

    private static InferenceException noRepositories() {
        return new InferenceException(ErrorCode.UNSUPPORTED, "'repository_name' specification is not supported");
    }
}
