package io.longshore.web.rest;

import io.longshore.inference.LogControl;
import io.longshore.protocol.rest.LogEncoder;
import io.longshore.protocol.rest.LogRequests;
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

/** What the server's log shows (V2 logging extension). */
@Path("/v2/logging")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "logging")
public class LoggingResource {
    private final LogControl log;

    LoggingResource(LogControl log) {
        this.log = log;
    }

    /** The settings in effect. */
    @GET
    @Operation(summary = "The settings of the log")
    @APIResponse(responseCode = "200", description = "the settings")
    public Response settings() {
        return JsonAnswer.of(200, LogEncoder.settings(log.settings()));
    }

    /** Changes those that the body names. */
    @POST
    @Operation(summary = "Change settings of the log")
    @APIResponse(responseCode = "200", description = "the settings in effect now")
    @APIResponse(responseCode = "400", description = "a setting's value is invalid; nothing has changed")
    @APIResponse(responseCode = "501", description = "the file, or the format JSON, would change; nothing has changed")
    public Response change(InputStream body) throws IOException {
        return JsonAnswer.of(200, LogEncoder.settings(log.change(LogRequests.change(SmallBody.read(body)))));
    }
}
