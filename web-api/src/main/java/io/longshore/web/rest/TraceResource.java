package io.longshore.web.rest;

import io.longshore.inference.TraceControl;
import io.longshore.inference.TraceControl.Change;
import io.longshore.protocol.rest.TraceRequests;
import io.longshore.protocol.rest.TraceSettingsEncoder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Which requests are traced, for all models that have no settings of their own (V2 trace extension). */
@Path("/v2/trace/setting")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "trace")
public class TraceResource {
    private static final String ALL_MODELS = "";

    private final TraceControl control;

    TraceResource(TraceControl control) {
        this.control = control;
    }

    /** The settings. */
    @GET
    @Operation(summary = "Trace settings of all models")
    @APIResponse(responseCode = "200", description = "the settings in effect")
    public Response settings() {
        return JsonAnswer.of(200, TraceSettingsEncoder.json(control.settings(ALL_MODELS)));
    }

    /** Changes them; {@code null} takes a setting back. */
    @POST
    @Operation(summary = "Change trace settings of all models")
    @APIResponse(responseCode = "200", description = "the settings in effect from now on")
    @APIResponse(responseCode = "400", description = "the settings are invalid")
    @APIResponse(responseCode = "501", description = "the file cannot be changed over the network")
    public Response change(InputStream body) throws IOException {
        Change change = TraceRequests.json(SmallBody.read(body));
        return JsonAnswer.of(200, TraceSettingsEncoder.json(control.change(ALL_MODELS, change)));
    }
}
