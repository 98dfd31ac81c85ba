package io.longshore.web.rest;

import io.longshore.inference.Readiness;
import io.longshore.inference.ServerStatus;
import io.longshore.inference.WireSettings;
import io.longshore.protocol.rest.MetadataEncoder;
import io.longshore.web.WebSettings;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * The server: metadata and health. A healthy server answers 200 with KServe's body, which satisfies clients of Triton too,
 * since they look at the status alone; one that is not ready answers 503 as KServe's does.
 */
@Path("/v2")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "server")
public class ServerResource {
    private final ServerStatus status;
    private final WireSettings settings;

    ServerResource(ServerStatus status, WireSettings settings) {
        this.status = status;
        this.settings = settings;
    }

    /** Name, version and extensions. */
    @GET
    @Operation(summary = "Server metadata")
    @APIResponse(responseCode = "200", description = "name, version and extensions")
    public Response metadata() {
        return JsonAnswer.of(
                200, MetadataEncoder.server(settings.serverName(), settings.serverVersion(), WebSettings.EXTENSIONS));
    }

    /** Whether the process works. */
    @GET
    @Path("/health/live")
    @Operation(summary = "Server liveness")
    @APIResponse(responseCode = "200", description = "the server is live")
    @APIResponse(responseCode = "503", description = "the server must be restarted")
    public Response live() {
        boolean isLive = status.isLive();
        return JsonAnswer.of(isLive ? 200 : 503, MetadataEncoder.live(isLive));
    }

    /** Whether requests are welcome. */
    @GET
    @Path("/health/ready")
    @Operation(summary = "Server readiness")
    @APIResponse(responseCode = "200", description = "all models are ready")
    @APIResponse(responseCode = "503", description = "not ready; the body has the reason")
    public Response ready() {
        Readiness readiness = status.readiness();
        return JsonAnswer.of(readiness.isReady() ? 200 : 503, MetadataEncoder.ready(readiness));
    }
}
