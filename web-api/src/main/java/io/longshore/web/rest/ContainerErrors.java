package io.longshore.web.rest;

import io.longshore.protocol.rest.ErrorBody;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Response;
import java.io.IOException;

/** The error page of the container, for what fails before or behind JAX-RS: the same JSON as everywhere. */
public class ContainerErrors extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int code = status instanceof Integer given ? given : HttpServletResponse.SC_NOT_FOUND;
        byte[] body = ErrorBody.json(message(code));
        response.setStatus(code);
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static String message(int code) {
        Response.Status known = Response.Status.fromStatusCode(code);
        return known == null ? "HTTP status " + code : known.getReasonPhrase();
    }
}
