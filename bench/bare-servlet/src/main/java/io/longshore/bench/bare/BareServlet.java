package io.longshore.bench.bare;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Reads a body and answers: with {@code ?answer=N}, N bytes made beforehand; without, the body itself. It parses nothing
 * and runs nothing, so it is what the server could do at best. Thread-safe.
 */
@WebServlet("/*")
public final class BareServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final int LARGEST = 1 << 26;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        byte[] body = request.getInputStream().readNBytes(Math.min(request.getContentLength(), LARGEST));
        String size = request.getParameter("answer");
        byte[] answer = size == null ? body : new byte[Math.min(Integer.parseInt(size), LARGEST)];
        response.setContentType("application/octet-stream");
        response.setContentLength(answer.length);
        response.getOutputStream().write(answer);
    }
}
