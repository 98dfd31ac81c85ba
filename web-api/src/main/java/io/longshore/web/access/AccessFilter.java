package io.longshore.web.access;

import io.longshore.inference.AccessRules;
import io.longshore.inference.ApiCategory;
import io.longshore.inference.RequiredHeader;
import io.longshore.protocol.rest.ErrorBody;
import io.longshore.web.failure.StatusMapper;
import io.longshore.web.http.Answer;
import io.longshore.web.http.AnswerWriter;
import io.longshore.web.http.RequestPath;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Refuses calls without the header that their kind needs, before anything of them is read. Thread-safe. */
final class AccessFilter implements Filter {
    private final AccessRules rules;

    AccessFilter(AccessRules rules) {
        this.rules = rules;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        String path = RequestPath.of(http);
        ApiCategory category = RestCategories.of(path);
        RequiredHeader needed = category == null ? null : rules.of(category);
        if (needed != null && !needed.accepts(http.getHeader(needed.name()))) {
            byte[] body = ErrorBody.json("This API is restricted, expecting header '" + needed.name() + "'");
            AnswerWriter.write(Answer.json(StatusMapper.RESTRICTED, body), (HttpServletResponse) response);
        } else if (RestCategories.isCrooked(path)) {
            AnswerWriter.write(Answer.json(404, ErrorBody.json("Not Found")), (HttpServletResponse) response);
        } else {
            chain.doFilter(request, response);
        }
    }
}
