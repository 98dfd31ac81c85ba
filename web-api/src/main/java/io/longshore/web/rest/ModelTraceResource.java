package io.longshore.web.rest;

import io.longshore.inference.TraceControl;
import io.longshore.inference.TraceControl.Change;
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

/**
 * Which requests to one model are traced (V2 trace extension). A class of its own, since JAX-RS looks for a path in one
 * class alone, and all others below {@code /v2/models} are in {@link ModelResource}.
 */
@Path("/v2/models/{model}/trace/setting")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "trace")
public class ModelTraceResource {
    private final TraceControl control;

    ModelTraceResource(TraceControl control) {
        this.control = control;
    }

    /** The settings in effect for the model, its own or those for all. */
    @GET
    @Operation(summary = "Trace settings of a model")
    @APIResponse(responseCode = "200", description = "the settings in effect")
    @APIResponse(responseCode = "400", description = "there is no such model, or it is not ready")
    public Response settings(@PathParam("model") String model) {
        return JsonAnswer.of(200, TraceSettingsEncoder.json(control.settings(model)));
    }

    /** Changes them; {@code null} takes a setting back. */
    @POST
    @Operation(summary = "Change trace settings of a model")
    @APIResponse(responseCode = "200", description = "the settings in effect from now on")
    @APIResponse(responseCode = "400", description = "the settings are invalid, or there is no such model")
    @APIResponse(responseCode = "501", description = "the file cannot be changed over the network")
    public Response change(@PathParam("model") String model, InputStream body) throws IOException {
        // As in Triton an unknown model comes before what is wrong with the settings.
        control.settings(model);
        Change change = TraceRequests.json(SmallBody.read(body));
        return JsonAnswer.of(200, TraceSettingsEncoder.json(control.change(model, change)));
    }
}
