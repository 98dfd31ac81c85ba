package io.longshore.web.rest;

import io.longshore.web.metrics.MetricsPage;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The metrics on the port of the protocol, for those who have but one. */
@Path("/metrics")
@Tag(name = "server")
public class MetricsResource {
    private final MetricsPage page;

    MetricsResource(MetricsPage page) {
        this.page = page;
    }

    /** All metrics. */
    @GET
    @Operation(summary = "Metrics")
    @APIResponse(responseCode = "200", description = "all metrics in Prometheus' text format")
    @APIResponse(responseCode = "404", description = "metrics are switched off")
    public Response metrics() {
        if (!page.settings().enabled()) {
            throw new NotFoundException();
        }
        return Response.ok(page.content(), MetricsPage.CONTENT_TYPE).build();
    }
}
