package io.longshore.web.rest;

import io.longshore.inference.SharedMemory;
import io.longshore.inference.SharedRegion;
import io.longshore.protocol.rest.SharedMemoryEncoder;
import io.longshore.protocol.rest.SharedMemoryRequests;
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

/** Memory that clients on this machine share with the server (V2 system shared memory extension). */
@Path("/v2/systemsharedmemory")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "shared memory")
public class SystemSharedMemoryResource {
    private final SharedMemory shared;

    SystemSharedMemoryResource(SharedMemory shared) {
        this.shared = shared;
    }

    /** All regions. */
    @GET
    @Path("/status")
    @Operation(summary = "List all system shared memory regions")
    @APIResponse(responseCode = "200", description = "the regions")
    public Response status() {
        return status("");
    }

    /** One region. */
    @GET
    @Path("/region/{region}/status")
    @Operation(summary = "Describe a system shared memory region")
    @APIResponse(responseCode = "200", description = "the region, as a list of one")
    @APIResponse(responseCode = "404", description = "there is no such region")
    public Response status(@PathParam("region") String region) {
        return JsonAnswer.of(200, SharedMemoryEncoder.system(shared.status(SharedRegion.Posix.class, region)));
    }

    /** Refuses to register a region without a name. */
    @POST
    @Path("/register")
    @Operation(hidden = true)
    public Response register(InputStream body) throws IOException {
        return register("", body);
    }

    /** Registers a region; {@code META-INF/openapi.yaml} describes it. */
    @POST
    @Path("/region/{region}/register")
    @Operation(hidden = true)
    public Response register(@PathParam("region") String region, InputStream body) throws IOException {
        shared.checkAllowed();
        shared.register(SharedMemoryRequests.system(region, SmallBody.read(body)));
        return Response.ok().build();
    }

    /** Unregisters all regions. */
    @POST
    @Path("/unregister")
    @Operation(summary = "Unregister all system shared memory regions")
    @APIResponse(responseCode = "200", description = "there are none any more, or they go with their last use")
    @APIResponse(responseCode = "501", description = "the server does not allow shared memory of clients")
    public Response unregister() {
        return unregister("");
    }

    /** Unregisters a region; it need not be there. */
    @POST
    @Path("/region/{region}/unregister")
    @Operation(summary = "Unregister a system shared memory region")
    @APIResponse(responseCode = "200", description = "it is not there any more, or goes with its last use")
    @APIResponse(responseCode = "501", description = "the server does not allow shared memory of clients")
    public Response unregister(@PathParam("region") String region) {
        shared.unregister(SharedRegion.Posix.class, region);
        return Response.ok().build();
    }
}
