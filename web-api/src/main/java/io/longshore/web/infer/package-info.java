/** The hot path: {@code POST /v2/models/{model}[/versions/{version}]/infer} from the first byte to the last. */
@NullMarked
package io.longshore.web.infer;

import org.jspecify.annotations.NullMarked;
