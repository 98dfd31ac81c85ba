package io.longshore.lifecycle;

import io.longshore.model.InvalidModelConfigException;
import io.longshore.repository.ModelFolder;
import io.longshore.spi.BackendException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Loads again, at once, what a backend failed to load. A wrong configuration stays wrong and is not tried again. */
final class RetryingLoader implements VersionLoader {
    private static final Logger LOG = System.getLogger(RetryingLoader.class.getName());

    private final VersionLoader loader;
    private final int retries;

    RetryingLoader(VersionLoader loader, int retries) {
        this.loader = loader;
        this.retries = retries;
    }

    @Override
    public ModelVersion load(ModelFolder folder, long version) throws BackendException, InvalidModelConfigException {
        for (int failures = 0; failures < retries; failures++) {
            try {
                return loader.load(folder, version);
            } catch (BackendException e) {
                LOG.log(Level.WARNING, "model '" + folder.name() + "' version " + version + " is loaded again", e);
            }
        }
        return loader.load(folder, version);
    }
}
