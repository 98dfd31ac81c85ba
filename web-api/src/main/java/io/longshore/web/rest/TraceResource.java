package io.longshore.web.rest;

import io.longshore.inference.TraceControl;
import io.longshore.protocol.rest.TraceRequests;
import io.longshore.protocol.rest.TraceSettingsEncoder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Which requests are traced (V2 trace extension). */
@Path("/v2")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "trace")
public class TraceResource {
    private static final int BODY_BYTES = 1 << 16;
    private static final String ALL_MODELS = "";

    private final TraceControl control;

    TraceResource(TraceControl control) {
        this.control = control;
    }

    /** The settings for all models that have none of their own. */
    @GET
    @Path("/trace/setting")
    @Operation(summary = "Trace settings of all models")
    @APIResponse(responseCode = "200", description = "the settings in effect")
    public Response settings() {
        return settings(ALL_MODELS);
    }

    /** The settings in effect for a model. */
    @GET
    @Path("/models/{model}/trace/setting")
    @Operation(summary = "Trace settings of a model")
    @APIResponse(responseCode = "200", description = "the settings in effect")
    @APIResponse(responseCode = "400", description = "there is no such model, or it is not ready")
    public Response settings(@PathParam("model") String model) {
        return JsonAnswer.of(200, TraceSettingsEncoder.json(control.settings(model)));
    }

    /** Changes them for all models; {@code null} takes a setting back. */
    @POST
    @Path("/trace/setting")
    @Operation(summary = "Change trace settings of all models")
    @APIResponse(responseCode = "200", description = "the settings in effect from now on")
    @APIResponse(responseCode = "400", description = "the settings are invalid")
    @APIResponse(responseCode = "501", description = "the file cannot be changed over the network")
    public Response change(InputStream body) throws IOException {
        return change(ALL_MODELS, body);
    }

    /** Changes them for a model; {@code null} takes a setting back. */
    @POST
    @Path("/models/{model}/trace/setting")
    @Operation(summary = "Change trace settings of a model")
    @APIResponse(responseCode = "200", description = "the settings in effect from now on")
    @APIResponse(responseCode = "400", description = "the settings are invalid, or there is no such model")
    @APIResponse(responseCode = "501", description = "the file cannot be changed over the network")
    public Response change(@PathParam("model") String model, InputStream body) throws IOException {
        // As in Triton an unknown model comes before what is wrong with the settings.
        control.settings(model);
        return JsonAnswer.of(
                200, TraceSettingsEncoder.json(control.change(model, TraceRequests.json(body.readNBytes(BODY_BYTES)))));
    }
}
