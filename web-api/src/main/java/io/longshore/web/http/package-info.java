/**
 * HTTP mechanics that know nothing of inference: bodies read without holding a thread, content codings, answers written to
 * slow clients.
 */
@NullMarked
package io.longshore.web.http;

import org.jspecify.annotations.NullMarked;
