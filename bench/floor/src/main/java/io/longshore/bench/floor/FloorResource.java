package io.longshore.bench.floor;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;

/** Answers when the application has started. */
@Path("started")
@RequestScoped
public class FloorResource {
    @EJB
    private @Nullable FloorShell shell;

    /** Reads the body and answers "true". */
    @POST
    @Produces(MediaType.TEXT_PLAIN)
    public String started(byte[] body) {
        return String.valueOf(shell != null && shell.isStarted());
    }
}
