package io.longshore.web.rest;

import io.longshore.inference.ModelStatistics;
import io.longshore.inference.Readiness;
import io.longshore.inference.ServerStatus;
import io.longshore.model.ModelSelector;
import io.longshore.protocol.config.ConfigJson;
import io.longshore.protocol.rest.ErrorBody;
import io.longshore.protocol.rest.MetadataEncoder;
import io.longshore.protocol.rest.StatisticsEncoder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Models: metadata, configuration, statistics and readiness. */
@Path("/v2/models")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "models")
public class ModelResource {
    private static final String VERSION = "/versions/{version: [0-9]+}";

    private final ServerStatus status;

    ModelResource(ServerStatus status) {
        this.status = status;
    }

    /** The names of all models that are ready (KServe). */
    @GET
    @Operation(summary = "Models that are ready")
    @APIResponse(responseCode = "200", description = "their names")
    public Response models() {
        return JsonAnswer.of(200, MetadataEncoder.models(status.readyModels()));
    }

    /** What all models have done. */
    @GET
    @Path("/stats")
    @Operation(summary = "Statistics of all models")
    @APIResponse(responseCode = "200", description = "counts and durations of each version")
    public Response statistics() {
        return answer(status.statistics());
    }

    /** What all ready versions of a model have done. */
    @GET
    @Path("/{model}/stats")
    @Operation(summary = "Statistics of a model")
    @APIResponse(responseCode = "200", description = "counts and durations of each version")
    @APIResponse(responseCode = "400", description = "there is no such model")
    public Response statistics(@PathParam("model") String model) {
        return statistics(ModelSelector.latest(model));
    }

    /** What one version has done. */
    @GET
    @Path("/{model}" + VERSION + "/stats")
    @Operation(summary = "Statistics of one version of a model")
    @APIResponse(responseCode = "200", description = "counts and durations")
    @APIResponse(responseCode = "400", description = "there is no such version")
    public Response statistics(@PathParam("model") String model, @PathParam("version") String version) {
        return statistics(exact(model, version));
    }

    /** Metadata of the latest ready version. */
    @GET
    @Path("/{model}")
    @Operation(summary = "Model metadata")
    @APIResponse(responseCode = "200", description = "versions, platform, inputs and outputs")
    @APIResponse(responseCode = "400", description = "there is no such model")
    public Response metadata(@PathParam("model") String model) {
        return describe(ModelSelector.latest(model));
    }

    /** Metadata of one version. */
    @GET
    @Path("/{model}" + VERSION)
    @Operation(summary = "Metadata of one version of a model")
    @APIResponse(responseCode = "200", description = "platform, inputs and outputs")
    @APIResponse(responseCode = "404", description = "there is no such version")
    public Response metadata(@PathParam("model") String model, @PathParam("version") String version) {
        return describe(exact(model, version));
    }

    /** Configuration of the latest ready version, as it is in effect. */
    @GET
    @Path("/{model}/config")
    @Operation(summary = "Model configuration")
    @APIResponse(responseCode = "200", description = "the configuration in effect, as protobuf's JSON")
    @APIResponse(responseCode = "400", description = "there is no such model")
    public Response config(@PathParam("model") String model) {
        return config(ModelSelector.latest(model));
    }

    /** Configuration of one version, as it is in effect. */
    @GET
    @Path("/{model}" + VERSION + "/config")
    @Operation(summary = "Configuration of one version of a model")
    @APIResponse(responseCode = "200", description = "the configuration in effect, as protobuf's JSON")
    @APIResponse(responseCode = "404", description = "there is no such version")
    public Response config(@PathParam("model") String model, @PathParam("version") String version) {
        return config(exact(model, version));
    }

    /** Whether a request to the model would be served. */
    @GET
    @Path("/{model}/ready")
    @Operation(summary = "Model readiness")
    @APIResponse(responseCode = "200", description = "the model is ready")
    @APIResponse(responseCode = "400", description = "the model is not ready")
    @APIResponse(responseCode = "503", description = "the server is not ready")
    public Response ready(@PathParam("model") String model) {
        return readiness(ModelSelector.latest(model));
    }

    /** Whether a request to this version would be served. */
    @GET
    @Path("/{model}" + VERSION + "/ready")
    @Operation(summary = "Readiness of one version of a model")
    @APIResponse(responseCode = "200", description = "the version is ready")
    @APIResponse(responseCode = "400", description = "the version is not ready")
    @APIResponse(responseCode = "503", description = "the server is not ready")
    public Response ready(@PathParam("model") String model, @PathParam("version") String version) {
        return readiness(exact(model, version));
    }

    /**
     * Inference. Requests are answered by {@link io.longshore.web.infer.InferFilter} and do not come here unless their path
     * is another spelling of an inference request's; the method is there so that other HTTP methods on its path are refused
     * as such. {@code META-INF/openapi.yaml} describes it.
     */
    @POST
    @Path("/{model}/infer")
    @Consumes(MediaType.WILDCARD)
    @Operation(hidden = true)
    public Response infer(@PathParam("model") String model) {
        throw new NotFoundException();
    }

    /** Inference on one version; see {@link #infer(String)}. */
    @POST
    @Path("/{model}" + VERSION + "/infer")
    @Consumes(MediaType.WILDCARD)
    @Operation(hidden = true)
    public Response infer(@PathParam("model") String model, @PathParam("version") String version) {
        throw new NotFoundException();
    }

    /** A generate request; see {@link #infer(String)}. */
    @POST
    @Path("/{model}/{kind:generate|generate_stream}")
    @Consumes(MediaType.WILDCARD)
    @Operation(hidden = true)
    public Response generate(@PathParam("model") String model) {
        throw new NotFoundException();
    }

    /** A generate request to one version; see {@link #infer(String)}. */
    @POST
    @Path("/{model}" + VERSION + "/{kind:generate|generate_stream}")
    @Consumes(MediaType.WILDCARD)
    @Operation(hidden = true)
    public Response generate(@PathParam("model") String model, @PathParam("version") String version) {
        throw new NotFoundException();
    }

    private Response describe(ModelSelector model) {
        return JsonAnswer.of(200, MetadataEncoder.model(status.describe(model)));
    }

    private Response statistics(ModelSelector model) {
        return answer(status.statistics(model));
    }

    private static Response answer(List<ModelStatistics> statistics) {
        return JsonAnswer.of(200, StatisticsEncoder.encode(statistics, System.currentTimeMillis()));
    }

    private Response config(ModelSelector model) {
        return JsonAnswer.of(200, ConfigJson.of(status.describe(model).config()));
    }

    private Response readiness(ModelSelector model) {
        Readiness readiness = status.readiness(model);
        if (readiness.isReady()) {
            return JsonAnswer.of(200, MetadataEncoder.modelReady(model.name(), readiness));
        }
        return status.isLive()
                ? JsonAnswer.of(400, ErrorBody.json("Model version not ready"))
                : JsonAnswer.of(503, ErrorBody.json("Server not ready"));
    }

    private static ModelSelector exact(String model, String version) {
        try {
            return ModelSelector.exact(model, Long.parseLong(version));
        } catch (IllegalArgumentException e) {
            // No version has the number 0, nor one beyond the range of a long.
            throw new NotFoundException(e);
        }
    }
}
