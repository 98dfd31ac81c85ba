package io.longshore.system;

import java.io.File;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.JavaArchive;

/** The application as it is built, for deployment into a server of the tests. */
final class Deployments {
    private static final String EAR = System.getProperty("longshore.ear");

    private Deployments() {}

    /** The self-contained application, as a file of this name. */
    static EnterpriseArchive ear(String name) {
        return ShrinkWrap.create(ZipImporter.class, name)
                .importFrom(new File(EAR))
                .as(EnterpriseArchive.class);
    }

    /** The self-contained application with a setting of its own, which a library of it carries. */
    static EnterpriseArchive earWith(String name, String key, String value) {
        JavaArchive settings = ShrinkWrap.create(JavaArchive.class, "settings.jar")
                .addAsManifestResource(
                        new StringAsset("config_ordinal=900\n" + key + "=" + value + "\n"),
                        "microprofile-config.properties");
        return ear(name).addAsLibrary(settings);
    }
}
